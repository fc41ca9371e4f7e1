/** Words and phrases by what they mean. A word may have several meanings; a phrase is found before its words. */
export const concepts = {
  // What it is about.
  session:
    'session, sessions, agent, agents, instance, instances, job, jobs, chat, conversation, worker, workers, claudes, terminals, runs, thread, threads, process, bot, bots, minion, minions, coding session',
  task: 'task, tasks, todo, todos, to dos, to do, subtask, subtasks, work item, work items, work list, step, steps, checklist, assignment, action item, chore, chores, agenda, milestone',
  machine:
    'machine, machines, host, hosts, box, boxes, computer, computers, server, servers, node, nodes, fleet, workstation, workstations, device, devices, laptop, laptops, desktop, desktops, pc, pcs, vm, vms, rig, rigs, hardware, mac, macbook, notebook, cluster, farm, racks',
  slot: 'slot, slots, capacity, headroom on machines, seat, seats, spot, spots, places, opening, openings, berth, parking',
  limit:
    'limit, limits, quota, quotas, cap, caps, capped, allowance, allowances, plan, subscription, bucket, ceiling, rate limit, rate limits, usage limit, usage limits, plan usage, limit wise, budget, contingent, entitlement, windows, rate limited, juice, balance, usage cap, headroom, leeway, slack, tank, cap on, credits, credit, restriction, max out, maxed out, throttled, throttle, locked out, allotment, tier, rollover limit',
  event:
    'event, events, happen, happened, happening, happens, occurred, went on, going on, whats new, news, log, logbook, recap, new, changed, changes, took place, go on, gone on, transpired, digest, updates, activity, anything happen, occur, goings on, timeline of events, changelog, developments, exciting, interesting, headlines, story, occurrences, incidents, incident, action happened, go down overnight, rundown, brief me, what is new, journal, diary, chronicle, actions, drama, highlights, gossip',
  alert:
    'alert, alerts, notification, notifications, notifying, alerting, notifs, alarm, alarms, pings, warnings, push messages, notify me, messages, alert messages, buzz, beep',
  collector: 'collector, collectors, uploader, uploading agent, ingester, shipper',
  hub: 'hub, signalbox healthy, health, healthy, all systems, database, backend, system, systems, everything ok, everything okay, everything fine, everything working, everything alright, everything in order, all ok, all good, in good shape, system status, health check, self check, uptime, are you ok, are you okay, are you up, are you alive, are you there, smoothly, everything up, service, everything healthy, everything all right, everything normal, everything is ok, everything is fine, everything is well, all well, all green, all fine, anything broken, things working, things ok, things running smoothly, any issues, server ok, self test, diagnostics, diagnostic, whole thing working, setup ok, setup healthy, operational, functional, functioning, in good condition, in shape, downtime, diagnose, doctor, checkup, any problems, it all working, all working, it working, it all ok, it all fine',
  price:
    'price, prices, pricing, list price, list prices, per million, per mtok, per token, rate card, tariff, price list, price table, pricelist, $ per, rate per, mtok, million tokens, per mio, rates, cost per million, priced',
  cost: 'cost, costs, costing, costed, costly, spend, spent, spending, spendings, spends, money, bill, bills, billed, dollar, dollars, usd, bucks, expensive, pricey, dearest, dearer, priciest, pricier, pay, paid, paying, damage, expense, expenses, expenditure, expenditures, invoice, charges, charged, price tag, outlay, total, totals, sum, sums, cash, cheap, cheaper, cheapest, money went, eats, ate, went into, burn through, burned, burnt, consumed, consume, consumption, usage, used up money, numbers, how much did, worth, tab, cents, set me back, set us back, tally, spender, spenders, charge, finances, ran up, dough, per dollar, wallet, pocket, financial, financially, fee, fees, fortune, guzzle, guzzled, swallow, swallowed, gobble, gobbled, fork out, forked out, shell out, shelled out, euro, euros, penny, pennies, payed, spended, eat, eating, eaten up money, run up, splash, splurge, splurged, outgoings, price it, economical, costliest, thriftiest, burned through, burnt through, burning through, statement, investment, invested, invest, bleed, bleeding, sink, sunk, pour, poured, debit, owe, accounting, financials, sucked up, sucks up, uses the most, used the most, blow this, blow on, blew on, blow today, blow yesterday, drain my, so dear, how dear, too dear, very dear, dear today, this dear, that dear, run me, ran me, runs me, run us, runs us, disburse, squander, waste, expend, incur, moolah, quid, greenbacks, funds, funding, economics, economy, ledger, toll, surcharge, payable, purchase, steep, exorbitant, lavish, frugal, affordable, overspend, overspent, underspend, consumer, utilize, utilise, devour, hog, aggregate, cumulative, grand total, statistics, stats on cost, volume, throughput of money, splashed out, fork over, dish out, cough up',
  token: 'token, tokens, toks, tok, tokencount, token count',
  call: 'call, calls, request, requests, api calls, api requests, prompts, api call, invocations, invocation, hits to the api, queries',
  block:
    'block, burn rate, burning, burn, running block, open block, current block, per hour right now, hourly rate, spend rate, spending rate, burning through per hour, velocity, pace per hour, rate of spending, five hour block, 5 hour block, burn speed, consumption rate, cost rate, tokens per minute, per minute, an hour right now, an hour at the moment, an hour now, active block, block status, this block, per minutes',
  prediction:
    'last, lasts, enough, survive, survives, run out, running out, runs out, exhausted, exhaust, exhausting, make it, make it through, make it to, hit, hits, hitting, reach, tight, suffice, sufficient, throttled, locked out, cut off, cap out, forecast, forecasts, predict, prediction, projection, project the, projected, estimate, at this pace, at this rate, carry on like this, keep going like this, keep this up, going to be, on track, hold out, holds out, will i, will it, will we, run into, run dry, used up before, depleted, blocked by the limit, wall, get through, stretch, max out, maxed out, outlast, sustain, sustainable, lock me out, going to hit, before the reset, until it resets, burn out, end up, overrun, exceed, outlook, run short, expected to, empty, eta, dries up, go over, going over, slow down, in danger, risk, hold up, last until, be out of, be out, safe until, good until, when will i be out, bite, bite me, dry, keep hammering, keep working, go on like this, going like this, on course, cut me off, get blocked, be blocked, hits zero, zero, be used up, be full, fill up, how soon, worry, worried, pace myself, pace, get me through, how much longer, safe, overshoot, over the limit, carry me, bring me through, rest of the week, for the rest, all the way, end of the week, foresee, anticipate, expect to, do we expect, do i expect, likely to, likely, at my current, current rate, current pace, current speed, runway, come up short, too little, manage with, cope, get by, fall short, lasting, be exhausted, be empty, carry on, at the limit by, survive until, at the end, about to, at this speed, at that rate, at that pace, by when, at my speed, at the current rate, go easy, take it easy, hold back, ease off, ration, economise, economize, cut back, conserve, ease up, careful with, be careful, save some, take care with, blow through, burn through the, go through my, go through the, trajectory, adequate, ample, endure, lockout, at this tempo, tempo',
  remaining:
    'left, remaining, remains, remain, full, fill, filled, percent, percentage, how much of, used, used up, use up, gone, burned through, close to, how close, near, nearly, reset, resets, resetting, starts over, renew, renews, renewed, refill, refills, start over, replenish, replenished, roll over, rolls over, available, free quota, where do i stand, where are we, stand, still have, spare, quota status, utilization, utilisation, headroom, come back, eaten, eaten up, chewed through, unused quota, consumed, leftover, left over, rest, unused, still available, still free, still got, consumed so far, use so far, eaten already, at what percent, how high, tapped, exhausted already, share of, portion, fraction, drained, spent of, new window, begin again, begins again, starts again, start again, restart of, next reset, get back, back to zero, back to full, remainder, deep into, how deep, how far into, how far through, renewal, meter, gauge, rollover',
  history:
    'history, over time, trend, trends, timeline, graph, chart, line, plot, curve, how often, historical, last hit, move, moved, movement, develop, developed, development, evolve, evolved, evolution, course, past values, ever hit, ups and downs, progression, went up, climbed, climb, peak, peaks, max, maximum, highest point, reached, high point, over the days, lately, ever, times did, times have, how many times, bump into, bumped into, run into it, ran into, record, records, past, in the past, back then, historically, progress of the limit, looked like, fluctuate, fluctuated, course of, profile, sparkline, diagram',
  why: 'why, how come, reason, reasons, explain, explanation, what made, what makes, what is behind, what was behind, what drove, what drives, what caused, cause, caused, causes, driver, drivers, drove, behind, blame, responsible, account for, accounts for, way more than usual, how did we get to, what happened expensive, to thank for, culprit, crazy expensive, justify, spike, spiked, jump, jumped, break down why, what pushed, for what reason, wtf, what the hell, what the heck, what happened to my bill, how on earth, what on earth, what led to, what contributed, contributed, account for the, root cause, understand why, whats with, what is with, what is up with the cost, what is going on with my costs, where did that come from, where does that come from, driving, what inflated, inflated, what raised, surge, surged, explode, exploded cost, exploded costs, went through the roof, through the roof, skyrocket, skyrocketed, make sense of, reasoning, due to, what put up, what drives up, drove up, where does this come from, where does it come from, factor, factors, contributor, contributors, origin, source of, source',
  compare:
    'compare, compared, compares, comparing, comparison, versus, vs, against, difference between, more than, less than, relative to, than last, than yesterday, become more, more expensive than, cheaper than, difference, delta, diff, change since, up from, down from, higher than, lower than, as much as, side by side, increase, increased, rise, risen, next to, compare with, than usual, unusual, unusually, abnormal, normal day, out of the ordinary, worse, better, worse than, better than, normal, comparable, contrast, contrasted, stack up, how does it compare, more or less than, up or down, gap between, week over week, month over month, day over day change, above average, below average, above normal, ahead of, behind last, more costly than, dearer than, typical, than normal, than average, the change from, changed from, higher, lower, growth, grow, grew, grown, drop, dropped, decrease, decreased, development from, cmp, out of line, less or more, relation to, in relation to, opposed to, or less than, evolved from, the usual, above usual, below usual, over usual, differ, differs, rose, soar, dip, double, triple, fewer, atypical, anomaly, anomalous, outlier, weird, strange, odd, surprising, extraordinary',
  // States.
  person:
    'waiting, wait, waits, awaiting, approval, approvals, approve, permission, permissions, needs me, need me, my attention, attention, needs attention, for me, from me, human, answer, blocked on me, holding anybody up, holding up, holding anyone up, holding someone up, asking me, asks me, asking, look at first, stuck on me, need my, needs my, input, unanswered, prompting, confirm, someone needs me, want something, wants something, my input, act on, sign off, respond to, my decision, reply, my turn, intervene, intervention, needs a hand, question for, questions for, look into first, take care of, needing me, needs someone, require, requires, required, question, questions, decision, decisions, unblock, green light, need my ok, bug, bugging, nag, nagging, wanting, block on me, hanging on me, hold anyone up, wait for a human, human input, my okay, my ok, ok from me, confirmation, confirmations, feedback, my feedback, click, clicks, prompt, prompts, needs input, need input, need attention, needs help, need help, wants me, want me, wants something from me, someone needs, need to approve, to approve, have to approve, must approve, need to answer, to answer, have to answer, must answer, must confirm, reply to, waiting on me, waits on me, hinges on me, depends on me, depend on me, be answered, pending on me, needs a decision, pending permission, pending question, talk to me, wants to know, want to know something, calling for me, looking for me, expects, expecting, expect me, require my, in need of, unattended, attend to, urgent, urgently, most urgent, deal with, should i care about, should i handle, handle first, needs a human, needs a person, open question, open questions, open approval, waiting on a human, idle on me, hang on me, sit on me, counting on me, look after, tend to, see to, permission request, permission requests, approval requests, need a person, need a human, need someone, need us, needs us, need you, requires a human, requires a person, require a human, require a person, permit, consent, authorize, authorise, authorization, authorisation, response, responses, decide, choose, choice, assistance, assist, rescue, unstick, nudge, poke, demand, demands, allow something, am i needed, i am needed, needed by, being needed',
  stalled:
    'stalled, stall, stalls, hanging, hang, hung, frozen, froze, zombie, zombies, stopped responding, not responding, unresponsive, without a heartbeat, no heartbeat, not been heard of, silent, gone silent, went silent, went quiet, gone quiet, stuck, no sign of life, dead air, stale sessions, idle too long, not moving, standing still, overdue, missing heartbeat, missed heartbeat, heartbeat lost, lifeless, jammed, gone dark, gone missing, unresponding, not responsive, no response, no longer responding, does not respond, do not respond, not answering, no answer, stopped moving, stopped sending, no longer moving, not progressing, no progress, standstill, stand still, stood still, lost heartbeat, heartbeats, heartbeat, lost contact with sessions, quiet for, gone cold, inactive, motionless, asleep at, unreactive, comatose, limbo, in limbo, wedged, deadlocked, deadlock, stagnant, not doing anything, doing nothing, does nothing, not reporting, lost, sign of life, signs of life, sign of being alive, freeze, freezes, freezing, stopped answering, stopped replying, stopped working, stopped talking, stopped reporting, stopped doing, asleep, fallen asleep, nodded off, dozed off, dozing, dormant, unstick, not doing',
  failed:
    'failed, fail, fails, failing, failure, failures, crash, crashed, crashes, crashing, broke, broken, break, blow up, blew up, blown up, died, die, dead, error, errors, errored, went wrong, go wrong, wrong, gone wrong, fell over, bombed, bust, exploded, explode, unsuccessful, kaput, aborted, collapse, collapsed, trouble, problem, problems, die on us, on fire, fire, casualties, blow ups, unhealthy, fault, faults, faulty, error out, errored out, blow up on, crap out, crapped out, killed, kill signal, killed it, bug out, go bust, gone bust, go down in flames, tank, tanked, fell apart, fall apart, fell down, stumbled, choke, choked, not succeed, did not succeed, did not make it, not work out, not worked out, did not work, bite the dust, bit the dust, barf, barfed, oom, oomed, out of memory, exception, panicked, messed up, screwed up, fall over, fallen over, red, misbehave, go south, went south, aborts, casualty, blew, mishap, unsuccessfully, doomed, defunct, went bad, gone bad, blowup, exit code, go belly up, belly up, succumb, dying, defective, buggy, sick, struggling, suffering, limping, flaky, unstable, cancelled, bailed out, bailed, halted with an error, glitch, glitches, outage, outages, disruption',
  paused: 'paused, on hold, suspended, on pause, on ice, put on ice, parked, halted, put on hold, idled, frozen by me, suspend',
  completed:
    'completed, complete, finished, finish, finishes, done, ended, got done, wrapped up, accomplished, closed, got finished, achieved, concluded, over with, wrap up, wrapped, shipped, delivered, ready, all done, got through, come to an end, came to an end, successful, succeed, succeeded, successes, success, accomplish, made it, get done, finalised, finalized, checked off, ticked off, over and done, resolved, wound up, end, land, landed, run to completion, wraps, is done, finishing, completing, ending, terminated',
  active:
    'running, active, working, current, busy, alive, live, in use, at work, working on, runs, ongoing, in flight, doing work, up and running, open sessions, underway, run, work, going, operating, in action, awake, processing, executing, churning, on the go, in operation, rn running, crunching, chew, chewing, in motion, on duty, engaged, being run, at it, on it, doing things, alive and kicking, live sessions, chugging, humming, open right now, in session, running jobs, hard at work, occupied, on platform, up now, spinning, ticking, cooking now, hammering away, grinding, operational, functional, functioning, cooking, begun',
  blocked:
    'blocked, blocker, blockers, blocking, held up tasks, waiting on another task, held back, hung up on, impeded, cannot proceed, can not proceed, can not continue, dependencies, dependency, blockage',
  pending:
    'pending, open tasks, open, still to do, left to do, outstanding, to do, todo, not started, unstarted, remaining tasks, queued, upcoming, waiting tasks, backlog, yet to do, queue, undone, unfinished, still ahead, not begun, not yet started, not yet done, not done, not finished, incomplete, next up, coming up, to be done, left over tasks, ahead, awaits, yet to be done, remaining steps, still open, yet to come, not completed, on the list, on my list, on our list, to do list',
  in_progress:
    'in progress, being worked on, in the works, being done, started tasks, current tasks, active tasks, running tasks, ongoing tasks, worked on, now being done, underway tasks, being processed, ongoing, wip, work in progress, tackled, being tackled, worked at, under way, at hand, running steps, current task, current step, in the making, started',
  free: 'free, space, room for, room, available slot, idle slot, spare slot, unused, start another, another one, one more session, start a new, vacant, put another, available slots, place for, launch another, squeeze in, fit another, new session, run another, spare capacity, idle, available, unoccupied, not in use, not busy, spare room, spare place, take another, take one more, handle another, handle one more, host another, bored, nothing to do, unoccupied slot, squeeze, fit in, start one more, next session, place a new, put a new, open slot, open slots, room left, empty, empty slot, accommodate, launch, launch a, fire up, vacancy',
  offline:
    'offline, down, unreachable, lose a machine, lost a machine, disconnected, powered off, dark, not reachable, dropped out, lost contact, missing machines, not online, not connected, not up, unavailable, no connection, lost connection, missing, fallen off, off the network, out of reach, switched off, shut off, not answering, cut off from',
  online:
    'online, up, reachable, connected, available machines, there, powered on, reach, available, on the network, responding, alive, still up, visible, in contact, accessible, be reached, i reach, we reach, be contacted',
  maintenance:
    'maintenance, in maintenance, under maintenance, being serviced, out of rotation, drained, out of service, servicing, in service mode, being maintained, serviced, repair, repaired, servicing mode, draining, drain',
  // Dimensions.
  by_project:
    'project, projects, repo, repos, repository, repositories, codebase, codebases, app, apps, application, applications, workspace, workspaces',
  by_model: 'model, models, llm, llms, ai model',
  by_branch: 'branch, branches, git branch, git branches',
  by_hour:
    'hourly, hour by hour, per hour, by hour, by the hour, each hour, every hour, hours, at what hour, which hour, what hour, hour of the day, time of day, hours of the day, hourwise, hour wise, over the day, through the day, across the day, over the course of the day',
  by_day:
    'daily, day by day, per day, by day, each day, every day, by the day, day over day, days, which day, expensive day, dearest day, priciest day, costliest day, expensive days, on which day, what day, each of the days, per weekday, by weekday, for each day, for every day, over the days, dailies, daywise, day wise, per date, by date, day of the week',
  by_week:
    'week by week, per week, by week, each week, every week, weekly totals, weekly sums, weekly breakdown, weekly costs, which week, what week, for each week, for every week, weekwise, in weeks',
  by_month:
    'monthly totals, month by month, per month, by month, each month, every month, months, monthly breakdown, which month, what month, for each month, for every month, in months, over the months, yearly by month, month per month, monthwise',
  weekly: 'weekly',
  monthly: 'monthly',
  most: 'most, top, biggest, largest, highest, rank, ranked, ranking, sorted, sort, order by, leaderboard, heaviest, greediest, hungriest, leading, busiest, maximum, greatest, costliest, dearest, priciest, expensivest, max spender, top spender, number one, the lion share, lion share, highest spending, the most, chief, main, major, worst, hungry, heavy, steepest, top spending, hog, hogging',
  split:
    'per, by, each, split, breakdown, mix, share, shares, broken down, grouped, distribution, divided, spread, split up, itemised, itemized, separate, across, separately, apart, per each, split by, for each, for every, distributed, distribute, itemise, itemize, detailed by, segmented, partition, list by, divide, break down, breaking down, arranged by, individual, individually, respective, respectively, composition, composed, proportion, proportions, allotted, allocate, allocation, allocated, attribution, sliced, slice, sorted by',
  oldest: 'oldest, longest, running longest, longest running, been running longest, oldest running, for the longest, the longest',
  newest:
    'newest, latest, most recent, most recently, last started, newest session, just started, recently started, youngest, started last',
  // One thing.
  progress:
    'how far, progress, how much of, done with, percent done, is done, finished with, along, far along, remaining work, completed so far, nearly done, almost done, percent of, how complete, how much longer, close to done, close to finished, nearly finished, almost finished, about done, nearly there, almost there, finished yet, done yet, ready yet, how many tasks, many steps, completion, to completion, advanced, coming along, come along, come on, advance, headway, how many steps, advancement, milestones reached',
  detail:
    'details, detail, everything on, tell me about, describe, info, information, status, state, up to, doing, how is, how are, what about, inspect, situation, everything about, more about, summary of, summarise, summarize, overview of, look at session, show session, what is going on with, going on with, busy with, occupied with, doing right now, summary, report on, fill me in on, check on, look into, particulars, specifics, how does, how goes, lowdown, dig into, facts, more on, brief, update on, news on, tell me more, whats with, current state, get on, getting on, get along, getting along',
  trail:
    'timeline, what happened, history, events, log, trail, sequence, happened, chronology, course, walk me through, walk through, step by step, story of, course of events, sequence of events, what all happened, chronological, replay, so far in session, play by play, journey, retrace',
  age: 'how old, fresh, stale, last read, outdated, up to date, out of date, current reading, age, how fresh, fresh data, old, last updated, last update, last refreshed, recent, when was, were last read, updated, still current, still valid, valid, how recent, latest update, last snapshot, last fetched, fetched, last checked, last refresh, synced, last sync, how long ago, being updated, trust, trustworthy, reliable, accurate, live data, real time, how current, how accurate, how reliable, how stale, delayed, lag, lagging, lagging behind, behind',
  arrived:
    'last call, come in, came in, arrive, arrived, arriving, coming in, last data, data coming, received, reported last, getting data, incoming, ingested, last usage, last message, newest call, latest call, latest data, newest data, fresh data arrive, come through, came through, coming through, still flowing, flowing, last record, last recorded, last entry, last usage data, recorded, reach the hub, reached the hub, getting through, data last, get data, get any data, last seen data, receive',
  login:
    'login, log in, sign in, signed in, logged in, signed out, logged out, connected, sending, running, status, running fine, working, alive, not sending, up, doing, logged, behind, fine, reporting, ok, okay, state, syncing, uploading, delivering, signin, authenticated, authentication, authenticate, credentials, re login, relogin, log back in, sign back in, session expired',
  // Help, screens.
  what_is:
    'what is a, what is the, what does, mean, means, meaning, what exactly is, definition, define, what are, exactly, explain the term, explain what, stand for, what do you mean by, what is meant, meant by, what do they mean, what do these, explain to me what, terminology, term, tell me what, definition of, glossary, concept, what do you call, what do they call',
  how_to:
    'how do i, how can i, how to, hook up, hook it up, set up, setup, how would i, how does one, how do you, way to, connect my, add my, where do i, what do i do to, how may i, how could i, steps to, instructions, what must i do, what do i need to, guide me, procedure, manual, tutorial, howto, configure, documentation',
  ask_me:
    'what can i ask, what do you understand, questions do you understand, can you do, what can you, what do you know, able to answer, ask you, do you understand, what are you able, help, which questions, kind of questions, capable of, can i say, help me out, what are you capable, what you can do, what can i do here, what else can, which things can, examples of questions, example questions, topics, your skills, your abilities, abilities, what you know, what all can, functions, features, commands, how do you work, how to use you, how do i use you, what are you good for, what are you for, can i ask, may i ask, could i ask',
  really_pay:
    'really pay, actually pay, real cost, real money, real price, what i really, charged for real, have to pay this, really be charged, actually charged, really cost me, have to pay these, actually have to pay, do i have to pay, do i pay this, is this real money, real dollars, really charged, actual cost, actual costs, actual bill, actual price, charged this, am i charged, am i billed, will i be charged, be billed, get billed, real bill, have to pay that, have to pay all, really have to pay, actually owe, really owe, my credit card, credit card, true cost, invoice me, invoiced, does this cost me real, genuinely pay',
  page: 'page, screen, view, tab, dashboard, panel, site, window of the app, display',
  go: 'open, go to, goto, bring me to, take me to, back to, navigate to, navigate, jump to, switch to, show me the, show the, show, visit, go back to, head to, move to, see the, bring up, pull up, navigate me, take me back, go over to, hop to, over to, switch over to, i want to see the',
  dark: 'dark, dark mode, dark theme, night mode, black theme, darker, dark please, go dark, black, at night mode',
  light: 'light, light mode, light theme, day mode, bright, white theme, brighter, lighter, white, day theme, white mode',
  theme: 'theme, mode, make it, switch to, colour, color, appearance, look, ui, turn it, use, set, background, scheme, interface',
  settings: 'settings, preferences, options, configuration, config, setting, setup page, prefs',
  refresh:
    'refresh, reload, re read, reread, renew the numbers, re fetch, refetch, update, fresh reading, new reading, fresh numbers, new snapshot, fresh snapshot, newest numbers, newest limit numbers, read again, poll, pull, fetch, sync, get new, take a reading, requery, re load, renew, ask again, request again, new values, fresh values, new data, fresh data, newest values, latest values, query again, check again, get fresh, get current, get the latest, bring up to date, make current, read anew, measure again, resync, re sync, re check, recheck, re query, update the',
  again: 'again, once more, now, anew',
  reading: 'reading, readings, snapshot, usage page, limit numbers, plan reading, limit data, percentages',
  miss: 'catch me up, did i miss, have i missed, i missed, since i left, while i was away, while i was gone, since my last visit, since i was last here, since last visit, since i was here, bring me up to speed, get me up to speed, up to speed, anything i should know, since i looked, fill me in, since i last, since i went, was out, i was gone, i was offline, missed, happened while i, while i slept, while i was asleep, while i was out, while i was at, while i was having, while i was in, while away, during my absence, in my absence, my last look, last time i looked, last time i was here, since my last, since i checked, last checked in, since i closed, bring me up to date, anything important happen, been away, been gone, was away, since i was away, since i have been, since lunch, got a minute what did i, since i',
  overnight: 'last night, overnight, the night, during the night, in the night, this night',
  connect:
    'connect, connecting, hook up, hook it up, hook, add another machine, new laptop, second laptop, join, pair, enroll, attach, add a machine, new machine, second machine, another machine, another computer, add a computer, new computer, link, register, onboard, include another, new box, second box, second mac, new mac, new host, another host, another laptop, add another, add one more machine, add my, add a laptop, add a host, join another, install on another, add a new machine',
  key: 'key, keys, api key, api keys, access key, access token, api token, credential',
  // Ours by name only.
  product: 'signalbox, claude, claude code, anthropic, cc, claude ai, anthropics, i mean, i meant',
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
    ' um uh er erm hmm ah oh well like basically literally honestly btw lol haha guess suppose hope happen happens anyway anyways bloody damn hell heck freaking yo sup dude man bro folks mate cheers ta asap urgent quickly briefly short shortly kindly appreciate grateful awesome great nice cool sure sorry excuse dear madam sir morning afternoon evening ' +
    'such rather quite pretty fairly somehow somewhat apparently obviously supposedly certain specific particular respective various several single entire total ones ours theirs myself ourselves yourself itself ' +
    'provide share state list inform return present fetch output answer respond reply let know wish interested interest interests like love hoping trying try tried able possible possibly ' +
    'each given along together instead besides apart without including include included via versus whatever whichever wherever whenever however although though because while whilst unless once twice ' +
    'today date dates clock minute second period span range timeframe timespan interval phase course duration ' +
    'call called named name names part parts half side end ends ended start starts started begin began big bigger large larger huge tiny next previous prior latest upcoming former later earlier early late ' +
    'world everything stuff bunch couple pair set group item items entry entries row rows table tables list lists chart charts graph graphs picture detail view look looks looking looked seem seems feel feels sound sounds ' +
    'hold holds run runs put puts bring brings brought let lets stay stays stand stands lie lies fall falls fell move moves happen happened ' +
    'bed sleep sleeping home leave leaving create creating generate obtain altogether ' +
    'hot cold warm ' +
    'prepare compute calculate retrieve produce visualise visualize ' +
    'even simply especially particularly together ' +
    'according afraid alone among appear aware away base basic believe best beyond both case clear clearly concern concerned consider contain correct cover difference different easy either exist exists expect fact final finally guess general given here hand immediately indeed inside involve issue itself keep least main matter mean mention middle mind necessary none nor note often opinion otherwise ought outside particular perfect perhaps person piece plus position possible probably proper question rather realize realise recognize regard related role result section seek send sense simple simply size sort special standard straight such support suppose surely therefore though through throughout thus together toward towards track tracked try unit upon various weight whether wide within word words ' +
    'reveal disclose furnish dump spit throw verify clarify elaborate outline enumerate tabulate render determine advise enlighten spell direct pop load pull supply hit truly merely approx momentarily meanwhile sometimes rarely completely fully specifically generally eventually exact precise precisely nowadays ' +
    'pal boss captain friend ladies gents howdy greetings gday ty tysm tia fyi imo idk omg heya hiya oi ahoy darling honey sweetie folks chief ' +
    ' keep keeps kept leave leaves turn turns turned set sets each across against their they them he she his her both another else own'
  ).split(/\s+/),
)

/** Verbs for what is not ours to do: a question with one is not understood. */
export const foreignVerbs = new Set(
  'write delete buy book play send email fix commit push cook remind upgrade downgrade cancel install uninstall deploy refactor translate purge drop erase remove wipe ignore order compile rename merge subscribe unsubscribe sing draw download destroy truncate hack format sell grant revoke disable generate increase raise lower reduce decrease extend double edit modify assign schedule build spawn clone copy create reboot summarise summarize review'.split(
    ' ',
  ),
)

/** Of a question about people and sessions, though it names none. */
export const peopleWords = new Set('who me anyone anybody someone somebody something anything them ones everyone'.split(' '))

/** Words that rules look for themselves. */
export const ruleWords: readonly string[] =
  'monday tuesday wednesday thursday friday saturday sunday tomorrow tonight morning evening noon midnight week weeks month months year years day hour hours minute minutes mark mute unmute snooze silence quiet warn bother disturb notify ping enable rotation average million percent until theme thousand spending drain usd window windows speed life peak flag'.split(
    ' ',
  )

/** Words that mean no concept, and that a mistake in typing should still lead to. */
export const oftenMistyped: readonly string[] =
  'yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday november october december january february september august month months hours minutes window which weekly already pause resume about there their where would could should please cannot between before after other these those since right think show much many have does what when with this that last past next week today list make tell give need want from your only some'.split(
    ' ',
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
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
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
  lim: 'limit',
  lims: 'limits',
  hist: 'history',
  tkn: 'token',
  tkns: 'tokens',
  reqs: 'requests',
  req: 'request',
  util: 'utilisation',
  curr: 'current',
  cur: 'current',
  rn: 'right now',
  atm: 'at the moment',
  qtd: 'this quarter',
  coll: 'collector',
  maint: 'maintenance',
  notif: 'notification',
  est: 'estimate',
  fc: 'forecast',
  cmp: 'compare',
  w: 'with',
  bw: 'between',
  yest: 'yesterday',
  ystrday: 'yesterday',
  tod: 'today',
  sesh: 'session',
  seshes: 'sessions',
  sesssions: 'sessions',
  prio: 'priority',
  cos: 'because',
  cuz: 'because',
  dunno: 'do not know',
  lemme: 'let me',
  gotta: 'have to',
  kinda: 'kind of',
  wats: 'what is',
  wat: 'what',
  y: 'why',
  r: 'are',
  n: 'and',
  thru: 'through',
  tho: 'though',
  ppl: 'people',
  nite: 'night',
  tonite: 'tonight',
  lst: 'last',
  mnth: 'month',
  mth: 'month',
  yr: 'year',
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
