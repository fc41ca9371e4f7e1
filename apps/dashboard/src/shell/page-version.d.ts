/** The version of these files; the build writes it. */
declare const PAGE_VERSION: string
