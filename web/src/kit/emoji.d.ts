/** Made by the build of emojibase-data (vite.config.ts): each emoji as sign, name, words to find it by. */
declare module 'virtual:emoji/*' {
  export interface EmojiGroup {
    name: string;
    emoji: [sign: string, name: string, tags: string][];
  }
  const groups: EmojiGroup[];
  export default groups;
}
