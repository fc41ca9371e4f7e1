/**
 * Words that stay, from the usage page and similar pages. Any other capitalised word is redacted as a name: a missing word
 * only makes a diagnosis harder, a wrong one could reveal a name.
 */
const harmlessWords = new Set(
  `a about account activity additional adjust agree all also always an and any app approaching are as at available back beta billing boosted
  browser buy by can cancel capabilities chat checking choose claude close code connection connectors continue cookies cost cowork current
  daily data day days desktop discord done download effort enable enterprise error every exceeded extra extended fable failed feature
  features file files first for free friday from get go help higher history home hour hourly hours how if in included indicates is it
  january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
  just keep last later learn left less limit limits load loading login longer manage max message messages min mins minute minutes mon
  monday month monthly more new next no not notice now of off ok on one only opus other our overview page per personal plan plans please
  policy preferences privacy pro profile projects promotion purchase reached read recents refresh remaining reset resets retry routine runs
  sat saturday search security see sent session sessions settings show sign skills sonnet haiku soon sorry spend spent start starts status
  sun sunday support team temporarily terms thank that the them this thu thursday thurs time to today token tokens tomorrow total try tue tuesday
  turn under unlimited until up update updated upgrade usage use used user verify visit wed wednesday week weekly weeks what when while
  will window with within work year yes you your am pm hr hrs gmt utc cloudflare human checking`
    .split(/\s+/)
    .filter(Boolean),
)

/**
 * Removes addresses, names, ids, and numbers other than percentages from the text of a page.
 * Names in lower case are not recognised and stay.
 */
export function redact(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '[address]')
        .replace(/[^\s@<>()]+@[^\s@<>()]+/g, '[e-mail]')
        .replace(/(?<![\w-])[\w-]*(?:\d[\w-]*[a-z_-]|[a-z_-][\w-]*\d)[\w-]*(?![\w-])/gi, (word) =>
          /^\d{1,2}(?:st|nd|rd|th|am|pm|h|x|m|hr|min)$/i.test(word) ? word : '[id]',
        )
        .replace(/[$€£¥₹]\s?\d[\d.,]*|\d[\d.,]*\s?[$€£¥₹]/g, '[amount]')
        .replace(/(?<![\d.,:])\d[\d.,:]*(?:[\d.,:]*\d)?(?!\s?%)(?![\d.,]*\s?%)/g, (number) => number.replace(/\d/g, '#'))
        .replace(/\p{Lu}[\p{L}\p{M}'’]*/gu, (word) => (harmlessWords.has(word.toLowerCase().replace(/['’]s$/, '')) ? word : '[name]'))
        .replace(/\[name\](?:[ -]\[name\])+/g, '[name]'),
    )
    .join('\n')
}
