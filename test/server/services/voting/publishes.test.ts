import { expect } from 'chai';
import type { RecordedEvent } from '../../../../server/core/abi.ts';
import { fromUtf8, type Hex, toBase64, utf8 } from '../../../../server/core/bytes.ts';
import type { PollAnswer } from '../../../../server/services/voting/answers.ts';
import { voting } from '../../../../server/services/voting/index.ts';
import vectors from '../../../../server/services/voting/vectors.json' with { type: 'json' };
import { anyProof, PollingStation } from '../../../helpers/polling-station.ts';
import { digestOf, pictureOf, pollText } from '../../../helpers/publications.ts';
import { runReading } from '../../../helpers/run-plan.ts';

const { forms, events, named, own } = voting.publishes!;
const [withPicture] = vectors.inputs.valid.filter(({ name }) => name === 'a poll with a picture');

/** A gateway that took the poll in, and one that knows what the chain says and nothing else. */
function twoGateways() {
  const first = new PollingStation();
  const pollId = first.act('create-poll', withPicture!.input).reply!.pollId as Hex;
  const second = new PollingStation();
  for (const event of first.events) second.record(event);
  return { first, second, pollId, event: first.events[0]! };
}

const put = (station: PollingStation, bytes: Uint8Array) =>
  station.rows.set(`publication:${digestOf(bytes)}`, toBase64(bytes));

describe('voting: public texts', () => {
  it('are named by the poll’s event, and name their pictures', () => {
    const { first, pollId, event } = twoGateways();
    const { contentHash, content } = first.ask<PollAnswer>('poll', { pollId });
    expect(named(event)).to.deep.equal([{ digest: contentHash, form: 'text' }]);
    const bytes = runReading(own(event, contentHash), first.rows)!;
    const digest = content!.options[0]!.image!.sha256;
    expect(forms.text!.read(bytes, contentHash)).to.deep.equal([{ digest, form: 'picture' }]);
    const picture = runReading(own(event, digest), first.rows)!;
    expect(forms.picture!.read(picture, digest)).to.deep.equal([]);
    expect(runReading(own(event, `0x${'00'.repeat(32)}`), first.rows)).to.equal(undefined);
  });

  it('are named by no other event', () => {
    const station = new PollingStation();
    const pollId = station.open(['30', '10', '20']);
    station.act('cast', { pollId, choices: [0], nullifier: '7', proof: anyProof }, 'anonymous');
    const [created, frozen, cast] = station.events as [RecordedEvent, RecordedEvent, RecordedEvent];
    expect([created, frozen, cast].map((event) => named(event).map(({ form }) => form))).to.deep.equal([
      ['text'],
      ['roll'],
      [],
    ]);
    expect(events).to.deep.equal([created.name, frozen.name]);
  });

  it('have one form of bytes: whatever else says the same is refused', () => {
    const text = pollText('제목');
    expect(forms.text!.read(text, digestOf(text))).to.deep.equal([]);
    const said = fromUtf8(text);
    for (const other of [
      said.replace('{', '{ '),
      said.replace('{', '{"more":1,'),
      said.replace('voting.poll.1', 'voting.poll.2'),
      said.replace('"minChoices":1', '"minChoices":1.0'),
      said.replace('"mode":"open",', ''),
      `\ufeff${said}`,
      'null',
      '',
    ]) {
      expect(other).to.not.equal(said);
      expect(forms.text!.read(utf8(other), digestOf(utf8(other))), other.slice(0, 40)).to.equal(undefined);
    }
    expect(forms.text!.read(Uint8Array.of(0xff, 0xfe), digestOf(Uint8Array.of(0xff, 0xfe)))).to.equal(
      undefined,
    );
    expect(forms.text!.read(text, digestOf(pictureOf(1)))).to.equal(undefined);
  });

  it('name no more pictures than a poll may have options', () => {
    const pictures = Array.from({ length: 65 }, (_, n) => pictureOf(n));
    const most = pollText('제목', pictures.slice(0, 64));
    expect(forms.text!.read(most, digestOf(most))).to.have.length(64);
    const more = pollText('제목', pictures);
    expect(forms.text!.read(more, digestOf(more))).to.equal(undefined);
  });

  it('have pictures that are pictures, and the ones that were named', () => {
    const picture = pictureOf(1);
    expect(forms.picture!.read(picture, digestOf(picture))).to.deep.equal([]);
    expect(forms.picture!.read(pictureOf(2), digestOf(picture))).to.equal(undefined);
    const page = utf8('<svg onload="alert(1)"/>');
    expect(forms.picture!.read(page, digestOf(page))).to.equal(undefined);
  });

  it('are shown whole by a gateway that did not take the poll in, once the copies are there', () => {
    const { first, second, pollId, event } = twoGateways();
    const asked = second.ask<PollAnswer>('poll', { pollId });
    expect(asked).to.include({ content: null });
    expect(asked.notices).to.deep.equal(['TEXT_MISSING']);
    const original = first.ask<PollAnswer>('poll', { pollId });
    put(second, runReading(own(event, original.contentHash), first.rows)!);
    expect(second.ask('poll', { pollId })).to.deep.equal({ ...original, enrolment: null });
    expect(second.ask('images', { pollId })).to.deep.equal({ images: [{ option: 0, image: null }] });
    put(second, runReading(own(event, original.content!.options[0]!.image!.sha256), first.rows)!);
    expect(second.ask('images', { pollId })).to.deep.equal(first.ask('images', { pollId }));
  });
});
