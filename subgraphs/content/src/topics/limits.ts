/** Most topics of one subject: what one query for a whole tree may answer. */
export const MAX_TOPICS = 5_000;
/** Most bytes of Markdown in all topics of one subject: twice what an import may hold. */
export const MAX_MARKDOWN_BYTES = 4 * 1024 * 1024;
/** Most UTF-16 code units of one topic's Markdown. */
export const MAX_TOPIC_MARKDOWN_LENGTH = 250_000;
/** Deeper than any outline a person can follow; headings alone reach six. */
export const MAX_DEPTH = 32;

// The first two and the last are also checks of the database (see the first migration).
