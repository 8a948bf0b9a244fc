import { useId } from 'react';
import { LOOKS, type SessionTypeName, TYPES } from './session-types.ts';

/** Fills for the types of sessions, to be put into an SVG; `idOf` names them. */
export function Textures({ idOf }: { idOf: (type: SessionTypeName) => string }) {
  return (
    <defs>
      {TYPES.map((type) => (
        <Texture key={type} id={idOf(type)} type={type} />
      ))}
    </defs>
  );
}

function Texture({ id, type }: { id: string; type: SessionTypeName }) {
  const { colour, texture } = LOOKS[type];
  const over = { stroke: '#fff', strokeOpacity: 0.75, strokeWidth: 1.6, fill: 'none' };
  return (
    <pattern id={id} width={8} height={8} patternUnits="userSpaceOnUse">
      <rect width={8} height={8} fill={colour} />
      {texture === 'stripes' && <path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" {...over} />}
      {texture === 'dots' && <circle cx={4} cy={4} r={1.5} fill="#fff" fillOpacity={0.85} />}
      {texture === 'lines' && <path d="M0 4 H8" {...over} />}
    </pattern>
  );
}

/** The sample of a type in a legend. */
export function Swatch({ type }: { type: SessionTypeName }) {
  const id = useId();
  return (
    <svg width={16} height={16} aria-hidden="true" focusable="false">
      <defs>
        <Texture id={id} type={type} />
      </defs>
      <rect width={16} height={16} rx={4} fill={`url(#${id})`} />
    </svg>
  );
}
