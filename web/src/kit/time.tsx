import { useSyncExternalStore } from 'react';
import { eachSecond, serverNow, serverSecond } from '../live/clock';

/** Draws the component anew at each full second of the server's clock; gives now in ms. */
export function useNow(): number {
  useSyncExternalStore(eachSecond, serverSecond);
  return serverNow();
}

/** 0:07, 12:34, 1:02:03. Never negative. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return s < 3600
    ? `${Math.floor(s / 60)}:${two(s % 60)}`
    : `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

/** How long ago an instant is, running. */
export function Elapsed({ since, className }: { since: number; className?: string }) {
  const now = useNow();
  return <time className={className}>{span(now - since)}</time>;
}

/** How long it is to an instant, running; 0:00 once it has passed. */
export function Remaining({ until, className }: { until: number; className?: string }) {
  const now = useNow();
  return <time className={className}>{span(Math.ceil((until - now) / 1000) * 1000)}</time>;
}

/** A countdown as a ring that empties, with the seconds within. For the eye alone: words beside it say the same. */
export function Ring({ from, until, size = 44 }: { from: number; until: number; size?: number }) {
  const now = useNow();
  const left = Math.max(0, until - now);
  const share = Math.min(1, left / Math.max(1, until - from));
  const r = size / 2 - 3;
  const round = 2 * Math.PI * r;
  return (
    <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden="true" className="ring">
      <circle cx={size / 2} cy={size / 2} r={r} fill="none" stroke="var(--line)" strokeWidth="4" />
      <circle
        cx={size / 2} cy={size / 2} r={r} fill="none" stroke="currentColor" strokeWidth="4" strokeLinecap="round"
        strokeDasharray={round} strokeDashoffset={round * (1 - share)} transform={`rotate(-90 ${size / 2} ${size / 2})`}
      />
      <text x="50%" y="50%" dominantBaseline="central" textAnchor="middle" fontSize={size / 3} fill="currentColor" className="figures">
        {Math.ceil(left / 1000)}
      </text>
    </svg>
  );
}
