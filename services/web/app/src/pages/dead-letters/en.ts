const en = {
  title: "Dead letters",
  lead: "Messages that could not be taken, with the reason. Mend the cause, then take them again; nothing is thrown away by itself.",
  state: "State",
  states: {
    open: "open",
    replayed: "taken again",
    discarded: "discarded",
    any: "all of them",
  },
  reason: "Reason",
  topic: "Topic",
  detail: "What is wrong",
  seen: "Seen",
  came: "Came last",
  size: "Bytes",
  payload: "Message",
  show: "Show",
  replay: "Take again",
  replayTitle: "Take this message again?",
  replayed: (stored: string) => `${stored} readings stored`,
  discard: "Discard",
  discardTitle: "Discard this message?",
  discardIntro: "It is closed for good; who did it and why stays on record.",
  discarded: "Message discarded",
  why: "Why",
  by: (who: string, why: string) => `By ${who}: ${why}`,
  empty: "No message lies here",
  emptyNext: "What gateways send is all taken.",
};

export default en;
export type Words = typeof en;
