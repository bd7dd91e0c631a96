/** @file docs/results.md: one section a study, between markers, so that each is written anew without the others. */

const HEAD = `# Results

Each table is made by the command below it, from records that the same command makes or reads; what others have published,
and what explains the distance, is told by its study in scripts/results. Brackets are 95 % intervals over seeds and clusters
of records; differences are paired.
`;

const begin = (name: string) => `<!-- study ${name} -->`;
const end = (name: string) => `<!-- end of study ${name} -->`;

/** Whether the page has a section of the study. */
export const hasSection = (page: string, name: string): boolean => page.includes(begin(name));

/**
 * The page with the section of the study in the place of its former one, or after all others.
 * @param page the page as it is; empty where there is none yet.
 * @throws Error where one of the two markers is missing.
 */
export function withSection(page: string, name: string, section: string): string {
  const block = `${begin(name)}\n${section.trim()}\n${end(name)}`;
  const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))];
  if (from < 0 && to < 0) return `${page.trim() || HEAD.trim()}\n\n${block}\n`;
  if (from < 0 || to < from) {
    throw new Error(
      `docs/results.md: the section ${name} wants ${begin(name)} before ${end(name)}; mend it by hand`,
    );
  }
  return page.slice(0, from) + block + page.slice(to + end(name).length);
}
