/** @file Attention drawn on a picture: what is looked at glows, what is not is dark, and all pictures share one scale. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { attentionOnPicture, pictureOfPixels } from '../../src/lib/figures';

const grey = () =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
const even = [
  [0.25, 0.25],
  [0.25, 0.25],
];
const corner = [
  [0.91, 0.03],
  [0.03, 0.03],
];

/** Mean colour [r, g, b] of the corners of each picture of a figure: top left, bottom right. */
async function corners(figure: Awaited<ReturnType<typeof attentionOnPicture>>) {
  const images = (figure.layout as { images: { source: string }[] }).images;
  return Promise.all(
    images.map(async ({ source }) => {
      const { data, info } = await sharp(Buffer.from(source.split(',')[1] as string, 'base64'))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const at = (x: number, y: number) => [...data.subarray(3 * (y * info.width + x)).subarray(0, 3)];
      return [at(2, 2), at(info.width - 3, info.height - 3)] as [number[], number[]];
    }),
  );
}

describe('attentionOnPicture', () => {
  it('leaves an even look as it is, and lights what gets more on one scale for all', async () => {
    const image = await grey();
    const figure = await attentionOnPicture({
      title: 'Looks',
      items: [
        { image, weights: even, text: 'everywhere' },
        { image, weights: corner, text: 'top left' },
      ],
    });
    const [[flat], [lit, dark]] = (await corners(figure)) as [[number[], number[]], [number[], number[]]];
    expect(flat).toEqual([128, 128, 128]);
    expect(lit[0]).toBeGreaterThan(200); // red
    expect(lit[1]).toBeLessThan(60);
    for (const channel of dark) expect(channel).toBeLessThan(90);
    expect(figure.description).toContain('top left');
    expect(JSON.stringify(figure.layout)).toContain('up to 3.6 times an even look');
  });

  it('draws less heat where the scale is said to reach higher', async () => {
    const image = await grey();
    const full = await corners(await attentionOnPicture({ items: [{ image, weights: corner }] }));
    const faint = await corners(
      await attentionOnPicture({ items: [{ image, weights: corner }], strongest: 64 }),
    );
    const [strong, weak] = [full[0]?.[0], faint[0]?.[0]];
    expect((weak as number[])[0]).toBeLessThan((strong as number[])[0] as number);
  });

  it('names the picture that is wrong', async () => {
    const image = await grey();
    await expect(attentionOnPicture({ items: [{ image, weights: [[1], [0.5, 0.5]] }] })).rejects.toThrow(
      'the weights of picture 0 are no grid',
    );
    const items = [
      { image, weights: even },
      { image: 'nowhere.png', weights: even },
    ];
    await expect(attentionOnPicture({ items })).rejects.toThrow('picture 1 cannot be read');
  });
});

describe('pictureOfPixels', () => {
  it('is the picture that the network is shown, cut to what a screen shows', async () => {
    const png = await pictureOfPixels([0, 0.5, 1, -3, 7, 0.2, 0, 0, 0, 1, 1, 1]);
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2, 2]);
    expect([...data]).toEqual([0, 128, 255, 0, 255, 51, 0, 0, 0, 255, 255, 255]);
    await expect(pictureOfPixels([1, 2, 3, 4])).rejects.toThrow('no square picture');
  });
});
