/**
 * @file Sky, weather and ground behind the objects, on a canvas of 96 × 96 with the horizon at 60. Scenery is
 * muted, so that the objects' colours stand out; dusk and night darken it by an overlay.
 */
import type { Generator } from '../../random';
import type { Place, Time, Weather } from './attributes';
import { box, ellipse, polygon } from './paint';

const HORIZON = 60;

const SKY: Record<Time, readonly [string, string]> = {
  day: ['#8cc9f0', '#e4f5ff'],
  evening: ['#4d4a8c', '#f6ae7b'],
  night: ['#0a1230', '#2c3f70'],
};
const GREY_SKY: Record<Time, readonly [string, string]> = {
  day: ['#9fb0bd', '#dbe3e8'],
  evening: ['#55506f', '#c9957f'],
  night: ['#12161f', '#333c4e'],
};
const OVERLAY: Record<Time, string> = {
  day: '',
  evening: '<rect width="96" height="96" fill="#8a3d2a" opacity="0.22"/>',
  night: '<rect width="96" height="96" fill="#050b2c" opacity="0.55"/>',
};

/** The scenery as SVG: what goes into `<defs>`, what is drawn behind the objects, what falls before them. */
export function drawScenery(
  place: Place,
  time: Time,
  weather: Weather,
  generator: Generator,
): { defs: string; behind: string; before: string } {
  const [top, low] = (weather === 'clear' ? SKY : GREY_SKY)[time];
  const defs = `<linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="0.7" stop-color="${low}"/></linearGradient>`;
  const sky = '<rect width="96" height="96" fill="url(#sky)"/>';
  const behind =
    sky +
    (weather === 'clear' ? light(time, generator) : '') +
    GROUND[place](generator) +
    OVERLAY[time] +
    clouds(weather, time, generator);
  return { defs, behind, before: weather === 'rainy' ? rain(generator) : '' };
}

const fill = (d: string, colour: string, opacity = 1): string =>
  `<path d="${d}" fill="${colour}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`;

/** A number with one decimal from `from` on, `span` wide. */
function within(generator: Generator, from: number, span: number): number {
  return Math.round(10 * (from + span * generator.uniform())) / 10;
}

function light(time: Time, generator: Generator): string {
  const x = generator.uniform() < 0.5 ? within(generator, 8, 12) : within(generator, 76, 12);
  if (time === 'day') return fill(ellipse(x, 13, 7), '#fff6c9') + fill(ellipse(x, 13, 10), '#fff6c9', 0.4);
  if (time === 'evening')
    return fill(ellipse(x, 52, 9), '#ffd98a') + fill(ellipse(x, 52, 14), '#ffd98a', 0.3);
  let stars = '';
  for (let i = 0; i < 16; i++) stars += ellipse(within(generator, 1, 94), within(generator, 1, 52), 0.6);
  const moon = `M${x} 7a7 7 0 1 0 6 11a6 6 0 0 1 -6 -11Z`;
  return fill(stars, '#f5f0ff') + fill(moon, '#fdf3c4');
}

function clouds(weather: Weather, time: Time, generator: Generator): string {
  if (weather === 'clear') return '';
  const colour =
    weather === 'cloudy' ? { day: '#ffffff', evening: '#e9c3ba', night: '#66718a' }[time] : '#5f6b7c';
  const many = weather === 'cloudy' ? 4 : 6;
  let d = '';
  for (let i = 0; i < many; i++) {
    const x = within(generator, (96 / many) * i - 6, 14);
    const y = within(generator, 2, weather === 'cloudy' ? 10 : 5);
    d += ellipse(x, y, 11, 5) + ellipse(x + 7, y + 2, 9, 4.5) + ellipse(x - 6, y + 2, 8, 4);
  }
  return fill(d, colour, 0.85);
}

function rain(generator: Generator): string {
  let d = '';
  for (let i = 0; i < 34; i++) d += `M${within(generator, 0, 96)} ${within(generator, 8, 82)}l-1.6 5.5`;
  return `<path d="${d}" stroke="#cfe4f7" stroke-width="0.9" opacity="0.75" fill="none"/>`;
}

const GROUND: Record<Place, (generator: Generator) => string> = {
  meadow(generator) {
    const a = within(generator, 46, 10);
    const b = within(generator, 48, 10);
    let dots = '';
    for (let i = 0; i < 14; i++) dots += ellipse(within(generator, 2, 92), within(generator, 70, 24), 0.9);
    return (
      fill(`M0 ${a}Q22 ${a - 12} 48 ${b}T96 ${a}V96H0Z`, '#93bd7c') +
      fill('M0 68Q30 56 60 66T96 64V96H0Z', '#7fae66') +
      fill(dots, '#f7f2c6')
    );
  },
  beach(generator) {
    const x = within(generator, 10, 70);
    let shells = '';
    for (let i = 0; i < 6; i++)
      shells += ellipse(within(generator, 3, 90), within(generator, 80, 14), 1.3, 0.9);
    return (
      fill(box(0, 52, 96, 44), '#7fb7c9') +
      fill(polygon(x, 52, x + 3, 46, x + 3.5, 52), '#f3f6f7') +
      fill('M0 60Q12 57 24 60T48 60T72 60T96 60V64Q84 67 72 64T48 64T24 64T0 64Z', '#a9d4de') +
      fill('M0 70Q24 64 48 68T96 66V96H0Z', '#ecd9a8') +
      fill(shells, '#fff6e3')
    );
  },
  desert(generator) {
    const x = generator.uniform() < 0.5 ? within(generator, 4, 12) : within(generator, 78, 12);
    const cactus =
      box(x - 1.6, 50, 3.2, 16, 1.5) +
      box(x - 6, 54, 2.4, 6, 1) +
      box(x - 6, 58, 5, 2.2, 1) +
      box(x + 3.4, 51, 2.4, 7, 1) +
      box(x + 1, 56, 5, 2.2, 1);
    return (
      fill('M0 58Q20 44 44 56T96 50V96H0Z', '#d9b178') +
      fill(cactus, '#6d8f5b') +
      fill('M0 72Q34 56 62 68T96 62V96H0Z', '#e6c48e') +
      fill('M0 86Q40 78 96 84V96H0Z', '#dcb57c')
    );
  },
  snow(generator) {
    let firs = '';
    for (let i = 0; i < 5; i++) {
      const x = within(generator, 18 * i, 16);
      const h = within(generator, 10, 8);
      firs += polygon(x - 5, HORIZON, x, HORIZON - h, x + 5, HORIZON);
    }
    let flakes = '';
    for (let i = 0; i < 12; i++) flakes += ellipse(within(generator, 1, 94), within(generator, 2, 54), 0.8);
    return (
      fill(polygon(0, 60, 18, 36, 34, 56, 56, 32, 80, 58, 96, 44, 96, 62, 0, 62), '#c3d2df') +
      fill(firs, '#7c96a0') +
      fill('M0 62Q28 54 56 62T96 60V96H0Z', '#f4f8fb') +
      fill('M0 82Q40 74 96 80V96H0Z', '#e3edf5') +
      fill(flakes, '#ffffff', 0.8)
    );
  },
  street(generator) {
    let blocks = '';
    let windows = '';
    for (let x = 0; x < 96; x += 16) {
      const top = Math.round(within(generator, 26, 18));
      blocks += box(x, top, 15, 70 - top);
      for (let y = top + 4; y < 62; y += 8) windows += box(x + 3, y, 3, 4) + box(x + 9, y, 3, 4);
    }
    let dashes = '';
    for (let x = 4; x < 96; x += 20) dashes += box(x, 86, 10, 1.8);
    return (
      fill(blocks, '#a6a0ab') +
      fill(windows, '#efe3b4') +
      fill(box(0, 66, 96, 8), '#c9c4c6') +
      fill(box(0, 73, 96, 23), '#77757f') +
      fill(dashes, '#f4f1e4')
    );
  },
  forest(generator) {
    let pines = '';
    let trunks = '';
    for (let i = 0; i < 9; i++) {
      const x = within(generator, 11 * i, 9);
      const top = within(generator, 18, 14);
      pines += polygon(x - 8, 62, x, top, x + 8, 62) + polygon(x - 6, 48, x, top - 4, x + 6, 48);
      trunks += box(x - 1, 60, 2, 8);
    }
    return (
      fill(box(0, 50, 96, 46), '#5d7d63') +
      fill(trunks, '#6a5140') +
      fill(pines, '#466b55') +
      fill('M0 68Q30 62 60 68T96 66V96H0Z', '#84986c') +
      fill('M0 84Q44 78 96 84V96H0Z', '#788c62')
    );
  },
};
