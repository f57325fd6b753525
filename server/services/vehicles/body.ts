/**
 * Body positions of the inspection record (form 82 of the rules under the Motor Vehicle Management Act): 19 numbered parts, 37
 * positions once left, right, front and rear are told apart. The rank decides what a repair means.
 */
import { z } from 'zod';
import { choice, field } from '../fields.ts';

/** `outer-1` and `outer-2` are panels, `frame-a` to `frame-c` carry the car. */
export type Rank = 'outer-1' | 'outer-2' | 'frame-a' | 'frame-b' | 'frame-c';

/** Number on the printed form, rank, names. */
const POSITIONS = {
  hood: [1, 'outer-1', '후드', 'Bonnet'],
  'front-fender-left': [2, 'outer-1', '프론트 휀더(좌)', 'Front fender, left'],
  'front-fender-right': [2, 'outer-1', '프론트 휀더(우)', 'Front fender, right'],
  'door-front-left': [3, 'outer-1', '도어(앞좌)', 'Door, front left'],
  'door-front-right': [3, 'outer-1', '도어(앞우)', 'Door, front right'],
  'door-rear-left': [3, 'outer-1', '도어(뒤좌)', 'Door, rear left'],
  'door-rear-right': [3, 'outer-1', '도어(뒤우)', 'Door, rear right'],
  'trunk-lid': [4, 'outer-1', '트렁크 리드', 'Boot lid'],
  'radiator-support': [5, 'outer-1', '라디에이터 서포트(볼트체결부품)', 'Radiator support (bolted)'],
  'quarter-panel-left': [6, 'outer-2', '쿼터 패널(좌)', 'Quarter panel, left'],
  'quarter-panel-right': [6, 'outer-2', '쿼터 패널(우)', 'Quarter panel, right'],
  'roof-panel': [7, 'outer-2', '루프 패널', 'Roof panel'],
  'side-sill-left': [8, 'outer-2', '사이드실 패널(좌)', 'Side sill, left'],
  'side-sill-right': [8, 'outer-2', '사이드실 패널(우)', 'Side sill, right'],
  'front-panel': [9, 'frame-a', '프론트 패널', 'Front panel'],
  'cross-member': [10, 'frame-a', '크로스 멤버', 'Cross member'],
  'inside-panel-left': [11, 'frame-a', '인사이드 패널(좌)', 'Inside panel, left'],
  'inside-panel-right': [11, 'frame-a', '인사이드 패널(우)', 'Inside panel, right'],
  'side-member-front-left': [12, 'frame-b', '사이드 멤버(앞좌)', 'Side member, front left'],
  'side-member-front-right': [12, 'frame-b', '사이드 멤버(앞우)', 'Side member, front right'],
  'side-member-rear-left': [12, 'frame-b', '사이드 멤버(뒤좌)', 'Side member, rear left'],
  'side-member-rear-right': [12, 'frame-b', '사이드 멤버(뒤우)', 'Side member, rear right'],
  'wheel-house-front-left': [13, 'frame-b', '휠하우스(앞좌)', 'Wheel house, front left'],
  'wheel-house-front-right': [13, 'frame-b', '휠하우스(앞우)', 'Wheel house, front right'],
  'wheel-house-rear-left': [13, 'frame-b', '휠하우스(뒤좌)', 'Wheel house, rear left'],
  'wheel-house-rear-right': [13, 'frame-b', '휠하우스(뒤우)', 'Wheel house, rear right'],
  'pillar-a-left': [14, 'frame-b', '필러 패널 A(좌)', 'Pillar A, left'],
  'pillar-a-right': [14, 'frame-b', '필러 패널 A(우)', 'Pillar A, right'],
  'pillar-b-left': [14, 'frame-b', '필러 패널 B(좌)', 'Pillar B, left'],
  'pillar-b-right': [14, 'frame-b', '필러 패널 B(우)', 'Pillar B, right'],
  'pillar-c-left': [14, 'frame-b', '필러 패널 C(좌)', 'Pillar C, left'],
  'pillar-c-right': [14, 'frame-b', '필러 패널 C(우)', 'Pillar C, right'],
  'dash-panel': [15, 'frame-c', '대쉬 패널', 'Dash panel'],
  'floor-panel': [16, 'frame-c', '플로어 패널', 'Floor panel'],
  'trunk-floor': [17, 'frame-a', '트렁크 플로어', 'Boot floor'],
  'rear-panel': [18, 'frame-a', '리어 패널', 'Rear panel'],
  'package-tray': [19, 'frame-b', '패키지 트레이', 'Package tray'],
} as const satisfies Record<string, readonly [number, Rank, string, string]>;

export type Position = keyof typeof POSITIONS;
export const BODY_POSITIONS = Object.keys(POSITIONS) as Position[];

export function rankOf(position: Position): Rank {
  return POSITIONS[position][1];
}

const position = choice(
  Object.fromEntries(
    Object.entries(POSITIONS).map(([id, [part, , ko, en]]) => [id, [`${part} ${ko}`, `${part} ${en}`]]),
  ) as Record<Position, [string, string]>,
  '부위',
  'Position',
  { public: true },
);

const code = choice(
  {
    X: ['X 교환', 'X Replaced'],
    W: ['W 판금·용접', 'W Sheet metal or welding'],
    C: ['C 부식', 'C Corroded'],
    A: ['A 흠집', 'A Scratched'],
    U: ['U 요철', 'U Dented'],
    T: ['T 손상', 'T Damaged'],
  },
  '상태 부호',
  'Code',
);

export const bodyMark = z.strictObject({
  position,
  codes: field(z.array(code).min(1).max(6), '상태 부호', 'Codes', { public: true }),
  cutOrWelded: field(z.boolean(), '절단 또는 용접', 'Cut or welded', {
    public: true,
    hint: {
      ko: '쿼터 패널, 루프, 사이드실에 판금·용접(W) 또는 교환(X)이 있을 때 답합니다.',
      en: 'Answer for quarter panel, roof and side sill with W or X: only then they count as an accident.',
    },
  }).optional(),
});
export type BodyMark = z.infer<typeof bodyMark>;

/** Sheet metal, welding or replacement, as opposed to wear. */
export function isRepaired(mark: BodyMark): boolean {
  return mark.codes.includes('W') || mark.codes.includes('X');
}

/** An accident in the sense of the form: a repaired frame part, or a quarter panel, roof or side sill that was cut or welded. */
export function showsAccident(mark: BodyMark): boolean {
  if (!isRepaired(mark)) return false;
  const rank = rankOf(mark.position);
  return rank === 'outer-2' ? mark.cutOrWelded === true : rank !== 'outer-1';
}
