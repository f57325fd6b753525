/** `npm run generate`: everything that is made from other sources and kept in the repository. With --check it only compares. */
import './abi.ts';
import './client.ts';
