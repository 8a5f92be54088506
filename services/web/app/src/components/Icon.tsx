/** Line icons of 24 × 24; they repeat what a word says, so that screen readers pass them over. */

const PATHS = {
  use_first: "M5 4h14M12 20V9M6.5 14 12 8.5l5.5 5.5",
  at_risk: "M12 4 2.8 20h18.4ZM12 10v4.5M12 17.2v.3",
  inspect_on_arrival: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12ZM15 15l5 5",
  watch: "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12ZM12 9.3a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4Z",
  unknown: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9.3 9.7A2.7 2.7 0 1 1 13.5 12c-.9.6-1.5 1.1-1.5 2.2M12 17v.3",
  on_track: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM8 12.3l2.8 2.8L16 9.5",
  board: "M4 4h7v9H4ZM13 4h7v5h-7ZM13 11h7v9h-7ZM4 15h7v5H4Z",
  alarms: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15ZM10 20.5h4",
  shipments: "M3 7h11v9H3ZM14 10h4l3 3v3h-7ZM7 16a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6ZM17 16a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z",
  lots: "M4 8l8-4 8 4v8l-8 4-8-4ZM4 8l8 4 8-4M12 12v8",
  demand: "M8 4h8v3H8ZM8 5.5H5V20h14V5.5h-3M8.5 11.5h7M8.5 15.5h5",
  places: "M12 21c4-4.5 6.5-7.7 6.5-11a6.5 6.5 0 0 0-13 0c0 3.3 2.5 6.5 6.5 11ZM12 7.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8Z",
  devices: "M7.5 4h9v16h-9ZM10.5 16.5h3M10.5 8h3",
  settings: "M4 7h10M18 7h2M14 5v4h4V5ZM4 17h2M10 17h10M6 15v4h4v-4Z",
  plan: "M4 6h9M4 12h14M8 18h12M15 4v4M9 10v4M14 16v4",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5 10 17.5 19 7",
  search: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12ZM15 15l5 5",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  share: "M8 12h8M13 8l4 4-4 4M10 5H5v14h5",
  star: "M12 4l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6Z",
  help: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9.3 9.7A2.7 2.7 0 1 1 13.5 12c-.9.6-1.5 1.1-1.5 2.2M12 17v.3",
  live: "M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM8 8a5.6 5.6 0 0 0 0 8M16 8a5.6 5.6 0 0 1 0 8",
  offline: "M4 4l16 16M5 10a10 10 0 0 1 5-2.5M14 7.5a10 10 0 0 1 5 2.5M8.5 13.5a5 5 0 0 1 4-1.4M12 17.5v.3",
  left: "M14 6l-6 6 6 6",
  comment: "M4 5h16v11H9l-5 4Z",
  truck: "M3 7h11v9H3ZM14 10h4l3 3v3h-7Z",
  warning: "M12 4 2.8 20h18.4ZM12 10v4.5M12 17.2v.3",
  info: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5.5M12 7.5v.3",
  critical: "M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8ZM12 8v5M12 16v.3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
