/** The city servers: nodes that agree on what is recorded, witnesses that cosign the log. */
import type { CityServer, Figures } from '../../lib/figures.ts';
import { ago, number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { Table } from '../../parts/table.tsx';

export function Servers({ figures: { servers, witnessesRequired, isEmbedded } }: { figures: Figures }) {
  const countsOf = (of: CityServer['kind']) => {
    const all = servers.filter(({ kind }) => kind === of);
    return { well: all.filter(({ isHealthy }) => isHealthy).length, all: all.length };
  };
  const [nodes, witnesses] = [countsOf('node'), countsOf('witness')];
  return (
    <section class="part" aria-labelledby="servers">
      <h2 id="servers">{t('dash.servers')}</h2>
      <p class="strong">
        {t('dash.servers.well', {
          nodes: nodes.well,
          ofNodes: nodes.all,
          witnesses: witnesses.well,
          ofWitnesses: witnesses.all,
        })}
      </p>
      <p class="subtle">
        {t('dash.servers.text', { k: witnessesRequired, total: witnesses.all })}{' '}
        {isEmbedded && t('dash.servers.embedded')}
      </p>
      <Table
        caption={t('dash.servers.each')}
        hideCaption
        rows={servers}
        columns={[
          { title: t('dash.server'), cell: (server) => nameOf(server) },
          { title: t('dash.server.state'), cell: ({ isHealthy }) => <HealthBadge isWell={isHealthy} /> },
          { title: t('dash.server.reached'), cell: (server) => reachedBy(server) },
          {
            title: t('dash.server.heard'),
            cell: ({ ageSec }) => (ageSec === null ? t('dash.server.silent') : ago(ageSec)),
          },
        ]}
      />
    </section>
  );
}

function nameOf({ kind, name }: CityServer): string {
  return kind === 'node' ? t('dash.node', { n: name }) : t('dash.witness', { name });
}

function reachedBy({ kind, reached }: CityServer): string {
  return t(kind === 'node' ? 'dash.node.reached' : 'dash.witness.reached', { n: number(reached) });
}
