const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ' };

/** What a list shows of a text with looks: its words, in one line. */
export const bare = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/&(lt|gt|quot|amp|nbsp);/g, (_, name: string) => signs[name] ?? ' ').replace(/\s+/g, ' ').trim();
