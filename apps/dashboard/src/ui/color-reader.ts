/** Resolves CSS variables to colours: a canvas does not understand variables. */
export function colorReader(element: HTMLElement): (color: string) => string {
  return (color) => {
    const probe = document.createElement('i')
    probe.style.color = color
    element.append(probe)
    const read = getComputedStyle(probe).color
    probe.remove()
    return read
  }
}
