/** Questions that the panel suggests. The hub understands English, so they are English in every language. */
export const askQuestions = {
  whoWaits: 'which sessions wait for me?',
  whichRun: 'which sessions are running?',
  spentToday: 'what did I spend today?',
  spentInMonth: 'what did I spend in the last 30 days?',
  why: 'why did yesterday cost so much?',
  todayAndYesterday: 'compare today with yesterday',
  week: 'will the week last?',
  health: 'is everything ok?',
  connect: 'how do I connect another machine?',
  missed: 'what did I miss?',
} as const
