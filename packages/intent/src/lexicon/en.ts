/** Words and phrases by what they mean. A word may have several meanings; a phrase is found before its words. */
export const concepts = {
  // What it is about.
  session:
    'session, sessions, agent, agents, instance, instances, job, jobs, chat, conversation, worker, workers, claudes, terminals, runs',
  task: 'task, tasks, todo, todos, to dos, to do, subtask, subtasks, work item, work items, work list, step, steps, checklist',
  machine:
    'machine, machines, host, hosts, box, boxes, computer, computers, server, servers, node, nodes, fleet, workstation, workstations, device, devices, laptop, laptops, desktop, desktops, pc, pcs, vm, vms, rig, rigs',
  slot: 'slot, slots, capacity, headroom on machines, seat, seats, spot, spots',
  limit:
    'limit, limits, quota, quotas, cap, caps, capped, allowance, allowances, plan, subscription, bucket, ceiling, rate limit, rate limits, usage limit, usage limits, plan usage, limit wise, budget, contingent, entitlement, windows',
  event:
    'event, events, happen, happened, happening, happens, occurred, went on, going on, whats new, news, log, logbook, recap, new, changed, changes, took place, go on, gone on, transpired, digest, updates, activity, anything happen',
  alert:
    'alert, alerts, notification, notifications, notifying, alerting, notifs, alarm, alarms, pings, warnings, push messages, notify me, messages',
  collector: 'collector, collectors, uploader',
  hub: 'hub, signalbox healthy, health, healthy, all systems, database, backend, system, systems, everything ok, everything okay, everything fine, everything working, everything alright, everything in order, all ok, all good, in good shape, system status, health check, self check, uptime, are you ok, are you okay, are you up, are you alive, are you there, smoothly, everything up',
  price:
    'price, prices, pricing, list price, list prices, per million, per mtok, per token, rate card, tariff, price list, price table, pricelist',
  cost: 'cost, costs, costing, costed, costly, spend, spent, spending, spendings, spends, money, bill, bills, billed, dollar, dollars, usd, bucks, expensive, pricey, dear, dearest, dearer, priciest, pricier, pay, paid, paying, damage, expense, expenses, expenditure, expenditures, invoice, charges, charged, price tag, outlay, total, totals, sum, sums, cash, cheap, cheaper, cheapest, money went, eats, ate, went into, burn through, burned, burnt, consumed, consume, consumption, usage, used up money, numbers, how much did, worth, tab, cents, gone, set me back, set us back, tally, spender, spenders, charge, finances, ran up, dough, per dollar',
  token: 'token, tokens, toks, tok',
  call: 'call, calls, request, requests, api calls, api requests, prompts',
  block:
    'block, burn rate, burning, burn, running block, open block, current block, per hour right now, hourly rate, spend rate, spending rate, burning through per hour, velocity, pace per hour, rate of spending, five hour block, 5 hour block',
  prediction:
    'last, lasts, enough, survive, survives, run out, running out, runs out, exhausted, exhaust, exhausting, make it, make it through, make it to, hit, hits, hitting, reach, tight, suffice, sufficient, throttled, locked out, cut off, cap out, forecast, forecasts, predict, prediction, projection, project the, projected, estimate, at this pace, at this rate, carry on like this, keep going like this, keep this up, going to be, on track, hold out, holds out, will i, will it, will we, run into, run dry, used up before, depleted, blocked by the limit, wall, get through, stretch, max out, maxed out, outlast, sustain, sustainable, lock me out, going to hit, before the reset, until it resets, burn out, end up, overrun, exceed, outlook, run short, expected to, empty, eta, dries up, go over, going over, slow down, in danger, risk, hold up, last until, be out of, be out, safe until, good until, when will i be out',
  remaining:
    'left, remaining, remains, remain, full, fill, filled, percent, percentage, how much of, used, used up, use up, gone, burned through, close to, how close, near, nearly, reset, resets, resetting, starts over, renew, renews, renewed, refill, refills, start over, replenish, replenished, roll over, rolls over, available, free quota, where do i stand, where are we, stand, still have, spare, quota status, utilization, utilisation, headroom, come back, eaten, eaten up, chewed through, unused quota, consumed',
  history:
    'history, over time, trend, trends, timeline, graph, chart, line, plot, curve, how often, historical, last hit, move, moved, movement, develop, developed, development, evolve, evolved, evolution, course, past values, ever hit, ups and downs, progression, went up, climbed, climb, peak, peaks, max, maximum, highest point, reached, high point',
  why: 'why, how come, reason, reasons, explain, explanation, what made, what makes, what is behind, what was behind, what drove, what drives, what caused, cause, caused, causes, driver, drivers, drove, behind, blame, responsible, account for, accounts for, way more than usual, how did we get to, what happened expensive, to thank for, culprit, crazy expensive, justify, spike, spiked, jump, jumped, break down why, what pushed',
  compare:
    'compare, compared, compares, comparing, comparison, versus, vs, against, difference between, more than, less than, relative to, than last, than yesterday, become more, more expensive than, cheaper than, difference, delta, diff, change since, up from, down from, higher than, lower than, as much as, side by side, increase, increased, rise, risen, next to, compare with, than usual, unusual, unusually, abnormal, normal day, out of the ordinary, worse, better, worse than, better than, normal',
  // States.
  person:
    'waiting, wait, waits, awaiting, approval, approvals, approve, permission, permissions, needs me, need me, my attention, attention, needs attention, for me, from me, human, answer, blocked on me, holding anybody up, holding up, holding anyone up, holding someone up, asking me, asks me, asking, look at first, stuck on me, on me, need my, needs my, input, unanswered, prompting, confirm, someone needs me, want something, wants something, my input, act on, sign off, respond to, my decision, reply, my turn, intervene, intervention, needs a hand, question for, questions for, look into first, take care of, needing me, needs someone, require, requires, required, question, questions, decision, decisions, unblock, green light, need my ok',
  stalled:
    'stalled, stall, stalls, hanging, hang, hung, frozen, froze, zombie, zombies, stopped responding, not responding, unresponsive, without a heartbeat, no heartbeat, not been heard of, silent, gone silent, went silent, went quiet, gone quiet, stuck, no sign of life, dead air, stale sessions, idle too long, not moving, standing still, overdue, missing heartbeat, missed heartbeat, heartbeat lost, lifeless',
  failed:
    'failed, fail, fails, failing, failure, failures, crash, crashed, crashes, crashing, broke, broken, break, blow up, blew up, blown up, died, die, dead, error, errors, errored, went wrong, go wrong, wrong, gone wrong, fell over, bombed, bust, exploded, explode, unsuccessful, kaput, aborted, collapse, collapsed, trouble, problem, problems, die on us, on fire, fire, casualties, blow ups, unhealthy',
  paused: 'paused, on hold, suspended, on pause',
  completed:
    'completed, complete, finished, finish, finishes, done, ended, got done, wrapped up, accomplished, closed, got finished, through, achieved, concluded, over with, wrap up, wrapped, shipped, delivered, ready',
  active:
    'running, active, working, current, busy, alive, live, in use, at work, working on, runs, ongoing, in flight, doing work, up and running, open sessions, underway, run, work, going, operating, in action, awake, processing, executing, churning, on the go, in operation',
  blocked: 'blocked, blocker, blockers, blocking, held up tasks',
  pending:
    'pending, open tasks, open, still to do, left to do, outstanding, to do, todo, not started, unstarted, remaining tasks, queued, upcoming, waiting tasks, backlog, yet to do, queue, undone, unfinished',
  in_progress:
    'in progress, being worked on, in the works, being done, started tasks, current tasks, active tasks, running tasks, ongoing tasks, worked on',
  free: 'free, space, room for, room, available slot, idle slot, spare slot, unused, start another, another one, one more session, start a new, vacant, put another, available slots, place for, launch another, squeeze in, fit another, new session, run another, spare capacity',
  offline:
    'offline, down, unreachable, lose a machine, lost a machine, disconnected, powered off, dark, not reachable, dropped out, lost contact, missing machines',
  online: 'online, up, reachable, connected, available machines, there, powered on',
  maintenance: 'maintenance, in maintenance, under maintenance, being serviced, out of rotation, drained, out of service, servicing',
  // Dimensions.
  by_project: 'project, projects, repo, repos, repository, repositories, codebase, codebases',
  by_model: 'model, models, llm, llms',
  by_branch: 'branch, branches, git branch, git branches',
  by_hour: 'hourly, hour by hour, per hour, by hour, by the hour, each hour, every hour, hours',
  by_day:
    'daily, day by day, per day, by day, each day, every day, by the day, day over day, days, which day, expensive day, dearest day, priciest day, costliest day, expensive days',
  by_week: 'week by week, per week, by week, each week, every week, weekly totals, weekly sums, weekly breakdown, weekly costs',
  by_month: 'monthly totals, month by month, per month, by month, each month, every month, months, monthly breakdown, which month',
  weekly: 'weekly',
  monthly: 'monthly',
  most: 'most, top, biggest, largest, highest, rank, ranked, ranking, sorted, sort, order by, leaderboard, heaviest, greediest, hungriest, leading, busiest, maximum',
  split:
    'per, by, each, split, breakdown, mix, share, shares, broken down, grouped, distribution, divided, spread, split up, itemised, itemized, separate, across, separately, apart',
  oldest: 'oldest, longest, running longest, longest running',
  newest: 'newest, latest, most recent',
  // One thing.
  progress:
    'how far, progress, how much of, done with, percent done, is done, finished with, along, far along, get on, getting on, remaining work, completed so far, nearly done, almost done',
  detail:
    'details, detail, everything on, tell me about, describe, info, information, status, state, up to, doing, how is, how are, what about, inspect, situation, everything about, more about, summary of, summarise, summarize',
  trail: 'timeline, what happened, history, events, log, trail, sequence, happened, chronology, course',
  age: 'how old, fresh, stale, last read, outdated, up to date, out of date, current reading, age, how fresh, fresh data, old, last updated, last update, last refreshed, recent, when was, were last read, updated',
  arrived:
    'last call, come in, came in, arrive, arrived, arriving, coming in, last data, data coming, received, reported last, getting data, incoming, ingested, last usage',
  login:
    'login, log in, sign in, signed in, logged in, signed out, logged out, connected, sending, running, status, running fine, working, alive, not sending, up, doing, logged, behind, fine, reporting, ok, okay, state, syncing, uploading, delivering',
  // Help, screens.
  what_is:
    'what is a, what is the, what does, mean, means, meaning, what exactly is, definition, define, what are, exactly, explain the term, explain what, stand for, what do you mean by',
  how_to:
    'how do i, how can i, how to, hook up, hook it up, set up, setup, how would i, how does one, how do you, way to, connect my, add my, where do i',
  ask_me:
    'what can i ask, what do you understand, questions do you understand, can you do, what can you, what do you know, able to answer, ask you, do you understand, what are you able, help, which questions, kind of questions, capable of, can i say, help me out',
  really_pay:
    'really pay, actually pay, real cost, real money, real price, what i really, charged for real, have to pay this, really be charged, actually charged, really cost me',
  page: 'page, screen, view, tab, dashboard, panel',
  go: 'open, go to, goto, bring me to, take me to, back to, navigate to, navigate, jump to, switch to, show me the, show the, show, visit, go back to, head to, move to, see the',
  dark: 'dark, dark mode, dark theme, night mode, black theme',
  light: 'light, light mode, light theme, day mode, bright, white theme, brighter',
  theme: 'theme, mode, make it, switch to, colour, color, appearance, look, ui, turn it, use, set, background, scheme, interface',
  settings: 'settings, preferences, options, configuration, config',
  refresh:
    'refresh, reload, re read, reread, renew the numbers, re fetch, refetch, update, fresh reading, new reading, fresh numbers, new snapshot, fresh snapshot, newest numbers, newest limit numbers, read again, poll, pull, fetch, sync, get new, take a reading, requery',
  again: 'again, once more, now, anew',
  reading: 'reading, readings, snapshot, usage page, limit numbers, plan reading, limit data, percentages',
  miss: 'catch me up, did i miss, have i missed, i missed, since i left, while i was away, while i was gone, since my last visit, since i was last here, since last visit, since i was here, bring me up to speed, get me up to speed, up to speed, anything i should know, since i looked, fill me in, since i last, since i went, was out, i was gone, i was offline, missed',
  overnight: 'last night, overnight, the night, during the night, in the night, this night',
  connect:
    'connect, connecting, hook up, hook it up, hook, add another machine, new laptop, second laptop, join, pair, enroll, attach, add a machine, new machine, second machine, another machine, another computer, add a computer, new computer',
  key: 'key, keys, api key, api keys',
  // Ours by name only.
  product: 'signalbox, claude, claude code, anthropic',
} as const satisfies Record<string, string>
export type Concept = keyof typeof concepts

/** Verbs that change something, by what they change; each is an imperative of its own. */
export const actionVerbs = {
  pause: 'pause, hold, suspend, put on hold, halt',
  resume: 'resume, continue, unpause, carry on with, un pause, let go on',
  end: 'end, stop, close, terminate, finish, kill, quit, shut down, complete, wrap up',
  recover: 'recover, restart, revive, retry, bring back, resurrect, restore, rerun, relaunch',
  archive: 'archive',
} as const satisfies Record<string, string>

/** Words without which a sentence means the same. */
export const fillers = new Set(
  (
    'a an the of on in at to for from with and or but so do does did is are was were be been being am have has had i im me my mine we us our you your it its this that these those there here ' +
    'what which who whom whose when where how much many can could would will shall should may might must please pls plz hey hi hello ok okay thanks thank just now right currently moment ' +
    'show give tell list get see find check look display print need want like wanna gimme lets let us any anything some something someone somebody anybody anyone somewhere anywhere nothing all every ' +
    'one ones other also still already yet then than too very really actually exactly maybe quick quickly ' +
    'into onto over about as if not no yes by per up out off go goes going went come comes been back so far until till since before after during within between through ' +
    'think know say said mean make made makes put take use uses using do doing done got getting well more less again overview figure figures amount number count level value values ' +
    'first thing things stuff time times way long soon today people everyone everybody kind sort type same only ' +
    'close bit little lot lots big small high low good bad fast slow whole entire altogether overall far ever never always usual usually normal normally roughly approximately around ' +
    'im ive id ill youre dont doesnt didnt isnt arent wasnt whats wheres whos hows thats theres lets ' +
    'curious wonder wondering idea question report summary quick please kindly dear sorry mate buddy folks team guys man ' +
    'per se regarding concerning terms term wise point view currently presently lately recently' +
    ' keep keeps kept leave leaves turn turns turned set sets each across against their they them he she his her both another else own'
  ).split(/\s+/),
)

/** Verbs for what is not ours to do: a question with one is not understood. */
export const foreignVerbs = new Set(
  'write delete buy book play send email fix commit push cook remind upgrade downgrade cancel install uninstall deploy refactor translate purge drop erase remove wipe ignore order compile rename merge subscribe unsubscribe sing draw download destroy truncate hack format sell grant revoke disable'.split(
    ' ',
  ),
)

export const numberWords: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fourteen: 14,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
  hundred: 100,
  couple: 2,
  few: 3,
  dozen: 12,
  half: 0.5,
}

export const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const
export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** Spellings that mean another word or two. */
export const spellings: Readonly<Record<string, string>> = {
  whats: 'what is',
  wheres: 'where is',
  whos: 'who is',
  hows: 'how is',
  thats: 'that is',
  theres: 'there is',
  im: 'i am',
  ive: 'i have',
  dont: 'do not',
  doesnt: 'does not',
  didnt: 'did not',
  isnt: 'is not',
  wont: 'will not',
  cant: 'can not',
  lets: 'let us',
  hrs: 'hours',
  hr: 'hour',
  h: 'hours',
  min: 'minutes',
  mins: 'minutes',
  wk: 'week',
  wks: 'weeks',
  mo: 'month',
  yday: 'yesterday',
  ystd: 'yesterday',
  u: 'you',
  ur: 'your',
  pls: 'please',
  plz: 'please',
  thx: 'thanks',
  gimme: 'give me',
  wanna: 'want to',
  gonna: 'going to',
  pct: 'percent',
  tmrw: 'tomorrow',
  tmr: 'tomorrow',
  tdy: 'today',
  msgs: 'messages',
  proj: 'project',
  projs: 'projects',
  repos: 'projects',
  mtd: 'month to date',
  ytd: 'year to date',
  wtd: 'week to date',
  '5hr': '5 hours',
  til: 'until',
  till: 'until',
  sess: 'session',
  mach: 'machine',
  avg: 'average',
  wassup: 'what is up',
  jan: 'january',
  feb: 'february',
  mar: 'march',
  apr: 'april',
  jun: 'june',
  jul: 'july',
  aug: 'august',
  sep: 'september',
  sept: 'september',
  oct: 'october',
  nov: 'november',
  dec: 'december',
  mon: 'monday',
  tue: 'tuesday',
  tues: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  thur: 'thursday',
  thurs: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
  k: 'thousand',
  hwo: 'how',
  teh: 'the',
  waht: 'what',
  whcih: 'which',
  hte: 'the',
  taht: 'that',
  adn: 'and',
  si: 'is',
  od: 'do',
}
