import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import './Resizer.css';

export const widthMin = 240;
export const widthMax = 620;
const step = 20;

const within = (width: number) => Math.round(Math.max(widthMin, Math.min(widthMax, width)));

/** The width of a panel at the right side, remembered in this browser. */
export function useWidth(name: string, usual: number): [number, (width: number) => void] {
  const [width, set] = useState(() => within(Number(localStorage.getItem(name)) || usual));
  return [
    width,
    (to) => {
      localStorage.setItem(name, String(within(to)));
      set(within(to));
    },
  ];
}

/** The edge of a panel at the right side: drawn by the pointer, or by the arrows when it has the focus. */
export function Resizer({ label, width, setWidth, controls }: { label: string; width: number; setWidth: (width: number) => void; controls: string }) {
  const start = useRef<{ x: number; width: number } | undefined>(undefined);

  function onKeyDown(event: KeyboardEvent): void {
    const to = { ArrowLeft: width + step, ArrowRight: width - step, Home: widthMax, End: widthMin }[event.key];
    if (to === undefined || event.altKey) return;
    event.preventDefault();
    setWidth(to);
  }
  function onPointerMove(event: PointerEvent): void {
    if (start.current) setWidth(start.current.width + start.current.x - event.clientX);
  }

  return (
    <div
      className="resizer" role="separator" aria-orientation="vertical" aria-label={label} aria-controls={controls} tabIndex={0}
      aria-valuenow={width} aria-valuemin={widthMin} aria-valuemax={widthMax} onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        start.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = undefined;
      }}
    />
  );
}
