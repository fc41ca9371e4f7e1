/** What `build/first-requests.js` has asked for before any module was there. */
interface FirstRequest {
  readonly sentAt: number
  readonly answer: Promise<Response>
}

const { firstRequests } = globalThis as { readonly firstRequests?: Map<string, FirstRequest> }

/** The request that was sent for an address. The first one who asks gets it, and no one after. */
export function takeFirstRequest(address: string): FirstRequest | undefined {
  const request = firstRequests?.get(address)
  firstRequests?.delete(address)
  return request
}

/** Later answers are asked for anew. */
export function forgetFirstRequests(): void {
  firstRequests?.clear()
}
