/** Icons, drawn on a grid of 24. */

const PATHS = {
  close: "m6 6 12 12M18 6 6 18",
  down: "m6 9 6 6 6-6",
  more: "M5 11v2M12 11v2M19 11v2M4.5 12h1M11.5 12h1M18.5 12h1",
  send: "M5 12h13M12.5 5.5 19 12l-6.5 6.5",
  clip: "m20 11.5-8.200 8.200a5 5 0 0 1-7.100-7.100l8.5-8.500a3.300 3.300 0 0 1 4.700 4.700l-8.5 8.500a1.700 1.700 0 0 1-2.400-2.400l7.800-7.800",
  pin: "M12 21c4.200-4.300 7-7.700 7-11a7 7 0 1 0-14 0c0 3.300 2.800 6.700 7 11ZM12 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.600 3.800-5.5 7.5-5.500s6.700 1.900 7.5 5.5",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  mute: "M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9.5",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  play: "M8 5.500v13l11-6.500z",
  check: "m5 12.5 4.5 4.500L19 7.5",
  checks: "m2.5 12.5 4.5 4.500L16 8M12 16l1 1 8.5-9",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2",
  alert: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500v5.500M12 16.500h.01",
  offline:
    "M3 3l18 18M8.5 14.500a5 5 0 0 1 5-1M5 11a10 10 0 0 1 4-2.400M19 11a10 10 0 0 0-5.5-2.800M12 18.500h.01",
  up: "M7 10v10H3.500V10zM7 11l4-7.500c1.5 0 2.5 1 2.200 2.700L12.700 9H19a2 2 0 0 1 2 2.400l-1.300 6.900a2 2 0 0 1-2 1.700H7",
  link: "M9 15l6-6M10.5 6.5 12 5a5 5 0 0 1 7 7l-1.5 1.500M13.5 17.5 12 19a5 5 0 0 1-7-7l1.5-1.5",
  spark:
    "M12 3.500l1.900 5.100a2.5 2.5 0 0 0 1.5 1.500l5.100 1.900-5.100 1.900a2.5 2.5 0 0 0-1.5 1.500L12 20.500l-1.900-5.100a2.5 2.5 0 0 0-1.5-1.500L3.5 12l5.100-1.900a2.5 2.5 0 0 0 1.5-1.500z",
  people:
    "M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.500c.6-3.200 3.200-5 6.5-5s5.900 1.800 6.5 5M16 5a3.5 3.5 0 0 1 0 6.500M18 15c1.900.7 3.100 2.300 3.5 4.5",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon. It says nothing to screen readers: what it stands beside does. */
export function Icon({ name, mirrored = false }: { name: IconName; mirrored?: boolean }) {
  return (
    <svg
      class={`icon${mirrored ? " mirrored" : ""}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
