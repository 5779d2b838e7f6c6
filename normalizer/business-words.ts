/** Verbs, and nouns of what is done, of business English: few people are called by them, and passphrases are seldom made of them. */
export const businessWords = `
abstain accelerate acceptable accommodate accompany accomplish accredit accrue acquaint adapt adhere adjacent adjoin adjudicate administer admit adopt advocate affect affirm afford aggravate
align alleviate allot amplify anonymise anticipate appoint apportion appraise apprehend arbitrate arrange arrive articulate ascertain ascribe assert assertion assimilate assistance attain attract augment
avert await balance becoming behave beneficial bestow bifurcate boost borrow calibrate capitalise captive categorise cause cease certify characterise circulate circumstance cite clarify coalesce coerce
collaborate collapse collate collide commence commend commission commodity compact compare compel compensate compile complain complement comply compose comprehend compress compromise compute conceal concede
conceive concentrate concern conciliate conclude concur condemn condense conduct confer confine conflict conform congest conjoin consent consequence conserve consist consolidate constitute constrain construct
construe consult consume contain contaminate contend contest contract contradict contrast contribute contrive convene converge converse convert convey convince cooperate correspond corroborate counsel
couple create credential criterion criticise culminate cumulative curate curtail deactivate decay deceive decide declare decline decode decompose decompress deconceal decouple decrease dedicate deduce deduct
deem defeat defend defer define degrade delay delegate deliberate delimit delineate deliver demand demolish demonstrate denote depart depend depict deplete deploy deprive derive descend designate desire
destine detach detain detect deter deteriorate determine deviate devise devote differ differentiate dilute diminish disable disagree disburse discard discern discharge disclose disconnect discontinue discount
discover discriminate dismiss disperse display dispose disprove disqualify disregard disrupt disseminate dissolve distinguish distort distract distribute disturb diverge divert divide donate downgrade dwell earn
elaborate elapse elect elevate elicit eligible eliminate emanate embark embed embody emerge emit emphasise employ empower enact encapsulate encompass encounter encourage endorse endure enforce engage
enlarge enlist enquire enrich ensure entail entitle enumerate envision equalise equate eradicate erect erode escalate escape establish estimate evade evaluate evaporate evict evolve exacerbate exaggerate examine
exceed excel exchange exclude excuse execute exempt exercise exert exhaust exhibit exonerate expand expect expedite expel expend expire explain exploit explore expose exposure express extend exterminate extract
facilitate falsify fetch flatten fluctuate fluent forbid forecast forfeit formulate foster fulfil gather generate govern grant gross guarantee handle happen harmonise hinder identify illustrate imitate impact
impair impart impede implement imply impose impress improve incident incline include incorporate increase incur indemnify indicate induce infer inflate influence inform infringe inhabit inherit inhibit initiate
inject inquire inspect inspire install instruct integrate intend intensify interact intercept interfere interpret interrupt intersect intervene introduce intrude invalidate invent invert invest investigate invite
invoke involve irrigate isolate iterate jeopardise justify juxtapose label lapse lease legitimate liable linger liquidate litigate lose magnify maintain manifest manipulate maximise mediate memorise migrate minimise
misuse mitigate moderate modify monetise mobilise motivate multiply mutate narrow navigate necessitate negate neglect negotiate neutralise nominate notificator notify nullify obey oblige obscure observe obstruct obtain
occupy occur offset omit operate oppose optimise ordain organise orient originate oscillate oversee overtake overturn overwrite participate partition penalise perceive perform permit persist pertain peruse petition
portray possess postpone postulate practise precede preclude predict prefer prejudice preserve preside presume prevail prevent prioritise privilege probe proceed procure produce prohibit project proliferate prolong
promise promote propagate propose prosecute prospective protect protest prove provide provoke pursue qualify quantify quote reassign rebate rebuild recede recite recline recognise reconcile reconfigure
reconstruct recover rectify recur redeem redirect reduce refer refine reflect reform refuse refute register regret regulate rehabilitate reimburse reinforce reinstate reiterate reject rejoin relate relax release
relinquish rely remain remedy remind remit remove render renounce renovate repair repay repeal repeat repel replace replenish replicate represent reproduce require rescind rescue resemble reserve reside resign resist
resolve restore restrain restrict resume retain retire retract retrieve reveal revert revise revive revoke rotate sanction satisfy saturate scatter segregate separate simplify simulate solicit solve specify
speculate stabilise standardise stem stipulate stimulate strengthen structure subdivide submit subordinate subscribed subscribe subside substantiate substitute subtract succeed suffice suggest summarise
supersede supervise supplement supply suppress surpass surrender survive suspend sustain symbolise synthesise tabulate tailor terminate tolerate transact transcend transcribe transform translate transmit transpose
traverse trigger truncate uncover undergo underlie undermine undertake underwrite undo unify unite unload unlock unpack upgrade uphold utilise vacate validate vary ventilate verify violate visualise waive widen withdraw
withhold withstand witness yield
`
