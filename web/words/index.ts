/** All words of the pages. A key is used once; the test in test/web looks after both languages. */

import { adminWords } from './admin.ts';
import { commonWords } from './common.ts';
import { credentialWords } from './credentials.ts';
import { dashboardWords } from './dashboard.ts';
import { pollWords } from './polls.ts';
import { proofWords } from './proof.ts';
import { recordWords } from './records.ts';
import { staffWords } from './staff.ts';
import { vehicleWords } from './vehicles.ts';

export const words = {
  ...commonWords,
  ...pollWords,
  ...proofWords,
  ...staffWords,
  ...vehicleWords,
  ...recordWords,
  ...credentialWords,
  ...adminWords,
  ...dashboardWords,
};
