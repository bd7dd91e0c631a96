/**
 * @file From facts to a picture: scenery, flying things, the small object and the large one, as one SVG of 96
 * units, which sharp rasterizes to PNG. Also pictures that show no scene at all. No fonts, no randomness but the
 * given generator: the same facts and seed give the same bytes on one version of sharp.
 */
import sharp from 'sharp';
import { Generator } from '../../random';
import { COUNTS, type Colour, type Flyer, type Kind, type Pattern, type SceneFacts } from './attributes';
import { objectParts } from './objects';
import { box, ellipse, makePaint, polygon } from './paint';
import { drawScenery } from './scenery';

/** The PNG of an SVG picture, `size` × `size` pixels. */
export async function rasterize(svg: string, size: number): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: (72 * size) / 96 })
    .resize(size, size)
    .removeAlpha()
    .png({ compressionLevel: 9, palette: false })
    .toBuffer();
}

/** The SVG of a scene. */
export function drawScene(facts: SceneFacts, seed: number | string): string {
  const generator = new Generator(seed, 'drawing');
  const scenery = drawScenery(facts.place, facts.time, facts.weather, generator);
  const turn = facts.side === 'left' ? 1 : -1;
  const lean = facts.companionKind === 'none' ? 0 : 9 * turn;
  const x = 48 + lean + 6 * (generator.uniform() - 0.5);
  const base = 86 + 3 * (generator.uniform() - 0.5);
  const scale = 0.98 + 0.16 * generator.uniform();
  const main = drawObject(
    'm',
    facts.mainKind,
    facts.mainColour,
    facts.mainPattern,
    { x, base, scale },
    generator,
  );
  const small =
    facts.companionKind === 'none'
      ? { defs: '', svg: '' }
      : drawObject(
          'c',
          facts.companionKind,
          facts.companionColour,
          'plain',
          {
            x: x - turn * (38 + 3 * generator.uniform()),
            base: base + 1.5,
            scale: 0.42 + 0.06 * generator.uniform(),
          },
          generator,
        );
  const flyers = drawFlyers(facts, generator);
  return svg(
    scenery.defs + main.defs + small.defs,
    scenery.behind + flyers + main.svg + small.svg + scenery.before,
  );
}

function svg(defs: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96"><defs>${defs}</defs>${body}</svg>`;
}

interface Stand {
  x: number;
  base: number;
  scale: number;
}

function drawObject(
  id: string,
  kind: Kind,
  colour: Colour,
  pattern: Pattern,
  { x, base, scale }: Stand,
  generator: Generator,
): { defs: string; svg: string } {
  const paint = makePaint(id, colour, pattern, generator);
  const parts = objectParts(kind, paint);
  const rim = parts
    .filter((part) => part.outline !== false)
    .map((part) => part.d)
    .join('');
  const mirror = generator.uniform() < 0.5 ? -1 : 1;
  const place = `translate(${x.toFixed(2)} ${base.toFixed(2)}) scale(${(mirror * scale).toFixed(3)} ${scale.toFixed(3)})`;
  const drawn = parts.map(({ d, fill }) => `<path d="${d}" fill="${fill}"/>`).join('');
  return {
    defs: paint.defs,
    svg:
      `<ellipse cx="${x.toFixed(2)}" cy="${base.toFixed(2)}" rx="${(23 * scale).toFixed(2)}" ry="${(3.4 * scale).toFixed(2)}" fill="#1d2433" opacity="0.28"/>` +
      `<g transform="${place}"><path d="${rim}" fill="#fff" stroke="#fff" stroke-width="${(2.2 / scale).toFixed(2)}" stroke-linejoin="round"/>${drawn}</g>`,
  };
}

function drawFlyers(facts: SceneFacts, generator: Generator): string {
  if (facts.flyerCount === 'none') return '';
  const count = COUNTS.indexOf(facts.flyerCount) + 1;
  const lanes = generator.shuffle([0, 1, 2, 3, 4]).slice(0, count);
  return lanes
    .map((lane) => {
      const x = 9.5 + 19 * lane + 5 * (generator.uniform() - 0.5);
      const y = 12 + 9 * generator.uniform();
      const turn = 30 * (generator.uniform() - 0.5);
      return `<g transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${turn.toFixed(1)})">${FLYER[facts.flyerKind](generator)}</g>`;
    })
    .join('');
}

const KITE_COLOURS = ['#e4572e', '#2e86ab', '#f6c445', '#5c9e4a'];
const WING_COLOURS = ['#f28f3b', '#c05299', '#4ea8de', '#f4d35e'];

/** Each about 14 wide, drawn around the origin with a white rim. */
const FLYER: Record<Flyer, (generator: Generator) => string> = {
  birds: () => rimmed('M-8 -3Q-4 -5 0 0Q4 -5 8 -3Q3 -2.4 1.4 3Q0 4.4 -1.4 3Q-3 -2.4 -8 -3Z', '#33384d', 1.6),
  kites(generator) {
    const colour = generator.choice(KITE_COLOURS);
    return (
      `<path d="M0 6q2.5 2 0 4t0 4" stroke="#fff" stroke-width="1.1" fill="none"/>` +
      rimmed(polygon(0, -7.5, 5.5, -1, 0, 6.5, -5.5, -1), colour, 1.4) +
      `<path d="M0 -7.5V6.5M-5.5 -1H5.5" stroke="#fff" stroke-width="0.9"/>`
    );
  },
  butterflies(generator) {
    const colour = generator.choice(WING_COLOURS);
    const wings =
      ellipse(-4, -2.4, 3.8, 3.4) +
      ellipse(4, -2.4, 3.8, 3.4) +
      ellipse(-3, 3, 2.7, 2.6) +
      ellipse(3, 3, 2.7, 2.6);
    return `${rimmed(wings, colour, 1.4)}<path d="${box(-0.8, -4.5, 1.6, 9.5, 0.7)}" fill="#2b2b3a"/>`;
  },
  planes: () =>
    rimmed('M-8 0.8L-8.5 -4L-6 -3L-4 -0.9H6Q8.6 0.3 6 1.4H1L-3 6H-5L-3 1.4H-7Z', '#c9d4e0', 1.6) +
    `<path d="M2 -0.2H5.6" stroke="#33384d" stroke-width="0.9"/>`,
};

function rimmed(d: string, fill: string, width: number): string {
  return `<path d="${d}" fill="#fff" stroke="#fff" stroke-width="${width}" stroke-linejoin="round"/><path d="${d}" fill="${fill}"/>`;
}

const CLOTH = ['#b3541e', '#33658a', '#758e4f', '#8d5a97', '#c9ada7', '#f6bd60', '#444b59', '#84a59d'];

/** The SVG of a picture that belongs to no scene: woven cloth, tiles, rings, or waves. */
export function drawOffTopic(seed: number | string): string {
  const generator = new Generator(seed, 'off-topic');
  const [a, b, c] = generator.shuffle(CLOTH) as [string, string, string];
  const step = 8 + generator.integer(9);
  const motif = generator.integer(4);
  let body = `<rect width="96" height="96" fill="${a}"/>`;
  for (let i = 0; i < 96; i += step) {
    if (motif === 0) {
      body += `<rect x="${i}" width="${step / 2}" height="96" fill="${b}" opacity="0.7"/>`;
      body += `<rect y="${i}" width="96" height="${step / 3}" fill="${c}" opacity="0.6"/>`;
    } else if (motif === 1) {
      for (let j = 0; j < 96; j += step) {
        body += `<path d="${polygon(i, j, i + step, j, i, j + step)}" fill="${generator.choice([a, b, c])}"/>`;
      }
    } else if (motif === 2) {
      body += `<circle cx="48" cy="48" r="${68 - (68 * i) / 96}" fill="${(i / step) % 2 === 0 ? b : c}"/>`;
    } else {
      body += `<path d="M-4 ${i}q13 ${-step} 26 0t26 0t26 0t26 0" stroke="${(i / step) % 2 === 0 ? b : c}" stroke-width="${step / 2.4}" fill="none"/>`;
    }
  }
  return svg('', body);
}
