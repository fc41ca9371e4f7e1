/**
 * The words of the usage page in one language. Those in English are from the page itself, those in other languages are the
 * usual translations; text that does not match is never guessed.
 */
export interface PageWords {
  /** The language tag, such as `en`. */
  readonly language: string
  readonly plan: RegExp
  readonly session: RegExp
  readonly weekly: RegExp
  readonly allModels: RegExp
  /** The first matching group is the model. */
  readonly only: RegExp
  readonly extra: RegExp
  readonly updated: RegExp
  /** Matches the whole line; the group is the number. */
  readonly used: RegExp
  /** The group is the reset. `relative`: it is a duration; otherwise it is a duration or a time. */
  readonly resets: readonly { readonly line: RegExp; readonly relative: boolean }[]
  readonly idle: RegExp
  /** What stands beside the amounts of extra usage, where it is known: used this month, the spend limit, credits left. */
  readonly money?: { readonly spent: RegExp; readonly limit: RegExp; readonly balance: RegExp }
}

const number = String.raw`(\d{1,4}(?:[.,]\d{1,3})?)\s?%`

export const pageWords: readonly PageWords[] = [
  {
    language: 'en',
    plan: /^plan usage limits$/i,
    session: /^current session$/i,
    weekly: /^weekly limits$/i,
    allModels: /^all models$/i,
    only: /^(.+) only$/i,
    extra: /^extra usage$/i,
    updated: /^last updated\b/i,
    used: new RegExp(`^${number} used$`, 'i'),
    resets: [
      { line: /^resets in (.+)$/i, relative: true },
      { line: /^resets (?:at |on )?(.+)$/i, relative: false },
    ],
    idle: /^starts when a message is sent\.?$|^you haven['’]t used .{1,40} yet\.?$/i,
    money: { spent: /^spent$/i, limit: /^monthly (?:spend(?:ing)? )?limit$/i, balance: /^current balance\b/i },
  },
  {
    language: 'de',
    plan: /^(?:plan-)?nutzungslimits?(?: (?:des|ihres|deines) (?:plans|tarifs))?$|^nutzungslimits? (?:im|für) .{1,20}$/i,
    session: /^aktuelle sitzung$/i,
    weekly: /^(?:wöchentliche|wochen-?)\s?(?:limits?|nutzungslimits?|grenzen)$/i,
    allModels: /^alle modelle$/i,
    only: /^nur (.+)$/i,
    extra: /^(?:zusätzliche nutzung|zusatznutzung|extra-nutzung)$/i,
    updated: /^(?:zuletzt|letzte) aktualisier(?:t|ung)\b/i,
    used: new RegExp(`^${number} (?:verwendet|genutzt|verbraucht)$`, 'i'),
    resets: [
      { line: /^(?:zurücksetzung|wird zurückgesetzt|setzt sich zurück|reset) in (.+)$/i, relative: true },
      { line: /^wird in (.+) zurückgesetzt$/i, relative: true },
      { line: /^(?:zurücksetzung|wird zurückgesetzt|setzt sich zurück|reset):? (?:am |um )?(.+)$/i, relative: false },
      { line: /^wird (?:am |um )?(.+) zurückgesetzt$/i, relative: false },
    ],
    idle: /^(?:startet|beginnt),? (?:wenn|sobald) eine nachricht gesendet wird\.?$/i,
  },
  {
    language: 'fr',
    plan: /^limites? d['’]utilisation(?: du forfait)?$/i,
    session: /^session (?:actuelle|en cours)$/i,
    weekly: /^limites? hebdomadaires?$/i,
    allModels: /^tous les modèles$/i,
    only: /^(.+) (?:uniquement|seulement)$/i,
    extra: /^utilisation supplémentaire$/i,
    updated: /^dernière mise à jour\b/i,
    used: new RegExp(`^${number} utilisée?s?$`, 'i'),
    resets: [
      { line: /^(?:réinitialisation|se réinitialise) dans (.+)$/i, relative: true },
      { line: /^(?:réinitialisation|se réinitialise):? (?:le |à )?(.+)$/i, relative: false },
    ],
    idle: /^(?:commence|démarre) (?:lorsqu|quand|dès qu).{0,20}message.{0,20}$/i,
  },
  {
    language: 'es',
    plan: /^límites de uso(?: del plan)?$/i,
    session: /^sesión actual$/i,
    weekly: /^límites semanales$/i,
    allModels: /^todos los modelos$/i,
    only: /^solo (.+)$/i,
    extra: /^uso (?:adicional|extra)$/i,
    updated: /^última actualización\b/i,
    used: new RegExp(`^${number} (?:usado|utilizado)$`, 'i'),
    resets: [
      { line: /^(?:se restablece|se reinicia|restablecimiento) en (.+)$/i, relative: true },
      { line: /^(?:se restablece|se reinicia|restablecimiento):? (?:el |a las )?(.+)$/i, relative: false },
    ],
    idle: /^(?:comienza|empieza|se inicia) (?:cuando|al) .{0,20}mensaje\.?$/i,
  },
  {
    language: 'it',
    plan: /^limiti di utilizzo(?: del piano)?$/i,
    session: /^sessione (?:attuale|corrente)$/i,
    weekly: /^limiti settimanali$/i,
    allModels: /^tutti i modelli$/i,
    only: /^solo (.+)$/i,
    extra: /^utilizzo (?:extra|aggiuntivo)$/i,
    updated: /^ultimo aggiornamento\b/i,
    used: new RegExp(`^${number} (?:utilizzato|usato)$`, 'i'),
    resets: [
      { line: /^(?:si reimposta|si ripristina|si azzera|reimpostazione|ripristino) (?:tra|fra|in) (.+)$/i, relative: true },
      { line: /^(?:si reimposta|si ripristina|si azzera|reimpostazione|ripristino):? (?:il |alle )?(.+)$/i, relative: false },
    ],
    idle: /^(?:inizia|si avvia) (?:quando|all).{0,20}messaggio\.?$/i,
  },
  {
    language: 'pt',
    plan: /^limites de uso(?: do plano)?$/i,
    session: /^sessão atual$/i,
    weekly: /^limites semanais$/i,
    allModels: /^todos os modelos$/i,
    only: /^(?:apenas|somente|só) (.+)$/i,
    extra: /^uso (?:adicional|extra)$/i,
    updated: /^última atualização\b/i,
    used: new RegExp(`^${number} (?:usado|utilizado)$`, 'i'),
    resets: [
      { line: /^(?:redefine|reinicia|redefinição|será redefinido) em (.+)$/i, relative: true },
      { line: /^(?:redefine|reinicia|redefinição|será redefinido):? (?:às )?(.+)$/i, relative: false },
    ],
    idle: /^(?:começa|inicia) (?:quando|ao).{0,20}mensagem.{0,20}$/i,
  },
]
