import type { Row } from './panel.ts'

/** All panels and rules. `npm run monitoring` writes grafana.json and rules.yml from it. */
export const table: readonly Row[] = [
  {
    title: 'Sessions and machines',
    panels: [
      {
        title: 'Sessions',
        help: 'Sessions by status. Stalled: its heartbeat is overdue.',
        unit: 'short',
        queries: [{ expr: 'max by (status) (signalbox_sessions{status!="archived"})', legend: '{{status}}' }],
      },
      {
        title: 'Waiting for a person',
        help: 'Live sessions that wait for a permission, an answer, or something else.',
        unit: 'short',
        queries: [{ expr: 'max by (waiting_for) (signalbox_waiting_sessions)', legend: '{{waiting_for}}' }],
      },
      {
        title: 'Machines',
        help: 'Machines by status.',
        unit: 'short',
        queries: [{ expr: 'max by (status) (signalbox_machines)', legend: '{{status}}' }],
      },
      {
        title: 'Slots',
        help: 'Docker slots of the machines that are online.',
        unit: 'short',
        queries: [{ expr: 'max by (state) (signalbox_slots)', legend: '{{state}}' }],
      },
      {
        title: 'Collectors',
        help: 'Connected, behind with what they have to send, silent, or stopped by a person.',
        unit: 'short',
        queries: [{ expr: 'max by (state) (signalbox_collectors)', legend: '{{state}}' }],
        rules: [
          {
            alert: 'SignalboxCollectorsBehind',
            expr: 'max(signalbox_collectors{state="behind"}) > 0',
            for: '15m',
            severity: 'warning',
            summary: 'A collector is connected and has waited for minutes to send what it has',
            runbook: 'a-machine-is-lost',
            fires: { 'signalbox_collectors{instance="a",state="behind"}': '1x60' },
            rests: { 'signalbox_collectors{instance="a",state="behind"}': '1x5 0x55' },
          },
          {
            alert: 'SignalboxCollectorsSilent',
            expr: 'max(signalbox_collectors{state="silent"}) > 0 and max(signalbox_collectors{state="connected"}) == 0',
            for: '10m',
            severity: 'critical',
            summary: 'No collector reports any more: usage, limits and sessions are as they were',
            runbook: 'a-machine-is-lost',
            fires: {
              'signalbox_collectors{instance="a",state="silent"}': '2x60',
              'signalbox_collectors{instance="a",state="connected"}': '0x60',
            },
            rests: {
              'signalbox_collectors{instance="a",state="silent"}': '1x60',
              'signalbox_collectors{instance="a",state="connected"}': '1x60',
            },
          },
        ],
      },
    ],
  },
  {
    title: 'Limits and usage',
    panels: [
      {
        title: 'Plan limits',
        help: 'Used part of each window. A window that has ended since it was read has no value.',
        unit: 'percent',
        queries: [{ expr: 'max by (account, window) (signalbox_limit_percent)', legend: '{{account}} {{window}}' }],
      },
      {
        title: 'Time to the reset',
        help: 'Until each window resets.',
        unit: 's',
        queries: [
          { expr: 'max by (account, window) (signalbox_limit_reset_timestamp_seconds) - time()', legend: '{{account}} {{window}}' },
        ],
      },
      {
        title: 'Age of the newest snapshot',
        help: 'How old the plan limits are that the hub shows.',
        unit: 's',
        queries: [{ expr: 'max by (account) (signalbox_snapshot_age_seconds)', legend: 'snapshot {{account}}' }],
        rules: [
          {
            alert: 'SignalboxSnapshotStale',
            expr: 'min by (account) (signalbox_snapshot_age_seconds) > 7200 and on() max(signalbox_collectors{state="connected"}) > 0',
            for: '5m',
            severity: 'warning',
            summary: 'Collectors are connected, and no snapshot of the plan limits has come for two hours',
            runbook: 'the-limits-are-stale',
            fires: {
              'signalbox_snapshot_age_seconds{instance="a",account="x"}': '8000+60x60',
              'signalbox_collectors{instance="a",state="connected"}': '1x60',
            },
            rests: {
              'signalbox_snapshot_age_seconds{instance="a",account="x"}': '8000+60x60',
              'signalbox_collectors{instance="a",state="connected"}': '0x60',
            },
          },
        ],
      },
      {
        title: 'Cost',
        help: 'At list prices, since the day and the month began.',
        unit: 'currencyUSD',
        queries: [{ expr: 'max by (period) (signalbox_cost_usd)', legend: 'this {{period}}' }],
      },
      {
        title: 'Tokens',
        help: 'Since the day began.',
        unit: 'short',
        queries: [{ expr: 'max by (kind) (signalbox_tokens{period="day"})', legend: '{{kind}}' }],
      },
      {
        title: 'Calls received',
        help: 'From collectors and telemetry: new ones, and those that were known.',
        unit: 'short',
        queries: [{ expr: 'sum by (result) (rate(signalbox_calls_total[5m]))', legend: '{{result}} a second' }],
      },
    ],
  },
  {
    title: 'Alerts',
    panels: [
      {
        title: 'Open alerts',
        help: 'By severity, and whether someone has acknowledged them.',
        unit: 'short',
        queries: [{ expr: 'max by (severity, state) (signalbox_alerts)', legend: '{{severity}}, {{state}}' }],
      },
      {
        title: 'Time to notify, p95',
        help: 'From what an alert reports until a channel has accepted the first message about it, with grouping and quiet hours.',
        unit: 's',
        queries: [
          { expr: 'histogram_quantile(0.95, sum by (le) (rate(signalbox_alert_delivery_seconds_bucket[1h])))', legend: 'p95 of an hour' },
        ],
      },
      {
        title: 'Messages',
        help: 'Attempts to send one, by channel and outcome.',
        unit: 'short',
        queries: [{ expr: 'sum by (channel, outcome) (rate(signalbox_messages_total[5m]))', legend: '{{channel}} {{outcome}} a second' }],
      },
      {
        title: 'Waiting notices',
        help: 'Notices that wait: for their group, quiet hours, or a channel that does not work.',
        unit: 'short',
        queries: [{ expr: 'max by (channel) (signalbox_notices_waiting)', legend: '{{channel}}' }],
      },
      {
        title: 'Oldest overdue notice',
        help: 'For how long a notice is overdue whose channel works. It should be 0.',
        unit: 's',
        queries: [{ expr: 'max(signalbox_oldest_notice_seconds)', legend: 'overdue' }],
        rules: [
          {
            alert: 'SignalboxNoticesOverdue',
            expr: 'max(signalbox_oldest_notice_seconds) > 300',
            for: '1m',
            severity: 'critical',
            summary: 'Alerts are not sent, although their channels work',
            runbook: 'alerts-do-not-arrive',
            fires: { 'signalbox_oldest_notice_seconds{instance="a"}': '0+60x60' },
            rests: { 'signalbox_oldest_notice_seconds{instance="a"}': '0x20 200x40' },
          },
        ],
      },
      {
        title: 'Channels',
        help: 'By state. Broken: the peer refuses for good, and a person has to mend it.',
        unit: 'short',
        queries: [{ expr: 'max by (state) (signalbox_channels)', legend: '{{state}}' }],
        rules: [
          {
            alert: 'SignalboxChannelBroken',
            expr: 'max(signalbox_channels{state="broken"}) > 0',
            for: '5m',
            severity: 'warning',
            summary: 'A channel of alerts is broken: its messages wait until a person mends it',
            runbook: 'alerts-do-not-arrive',
            fires: { 'signalbox_channels{instance="a",state="broken"}': '0 1x60' },
            rests: { 'signalbox_channels{instance="a",state="broken"}': '0x60' },
          },
        ],
      },
      {
        title: 'HEARTBEAT_URL',
        help: 'Whether the service that watches the hub from outside was reached. Absent where none is set.',
        unit: 'bool',
        queries: [{ expr: 'signalbox_heartbeat_url_ok', legend: '{{instance}}' }],
        rules: [
          {
            alert: 'SignalboxHeartbeatUrlUnreachable',
            expr: 'signalbox_heartbeat_url_ok == 0',
            for: '10m',
            severity: 'warning',
            summary: '{{ $labels.instance }} cannot reach HEARTBEAT_URL, or says there that it is not well',
            runbook: 'alerts-do-not-arrive',
            fires: { 'signalbox_heartbeat_url_ok{instance="a"}': '0x60' },
            rests: { 'signalbox_heartbeat_url_ok{instance="a"}': '1x60' },
          },
        ],
      },
    ],
  },
  {
    title: 'The hub',
    panels: [
      {
        title: 'Hubs',
        help: 'Whether Prometheus reaches them.',
        unit: 'bool',
        queries: [{ expr: 'up{job="signalbox"}', legend: '{{instance}}' }],
        rules: [
          {
            alert: 'SignalboxHubDown',
            expr: 'up{job="signalbox"} == 0',
            for: '2m',
            severity: 'critical',
            summary: '{{ $labels.instance }} does not answer',
            runbook: 'the-hub-does-not-answer',
            fires: { 'up{job="signalbox",instance="a"}': '0x60' },
            rests: { 'up{job="signalbox",instance="a"}': '1x60' },
          },
        ],
      },
      {
        title: 'Versions',
        help: 'Of the hub and of Node.',
        unit: 'short',
        queries: [{ expr: 'sum by (version, node) (signalbox_build_info)', legend: '{{version}} on Node {{node}}' }],
      },
      {
        title: 'Requests',
        help: 'A second, by status.',
        unit: 'reqps',
        queries: [{ expr: 'sum by (status) (rate(signalbox_http_request_duration_seconds_count[5m]))', legend: '{{status}}' }],
        rules: [
          {
            alert: 'SignalboxErrorRate',
            expr: 'sum(rate(signalbox_http_request_duration_seconds_count{status=~"5.."}[5m])) / sum(rate(signalbox_http_request_duration_seconds_count[5m])) > 0.01',
            for: '5m',
            severity: 'critical',
            summary: 'More than 1% of requests fail in the hub',
            runbook: 'many-requests-fail',
            fires: {
              'signalbox_http_request_duration_seconds_count{instance="a",status="500"}': '0+5x60',
              'signalbox_http_request_duration_seconds_count{instance="a",status="200"}': '0+95x60',
            },
            rests: {
              'signalbox_http_request_duration_seconds_count{instance="a",status="404"}': '0+50x60',
              'signalbox_http_request_duration_seconds_count{instance="a",status="200"}': '0+95x60',
            },
          },
        ],
      },
      {
        title: 'Time of a request, p95',
        help: 'Long polls and event streams wait on purpose, and are left out.',
        unit: 's',
        queries: [
          {
            expr: 'histogram_quantile(0.95, sum by (le) (rate(signalbox_http_request_duration_seconds_bucket{route!~".*(events|triggers|notices|questions).*"}[5m])))',
            legend: 'p95',
          },
        ],
        rules: [
          {
            alert: 'SignalboxSlow',
            expr: 'histogram_quantile(0.95, sum by (le) (rate(signalbox_http_request_duration_seconds_bucket{route!~".*(events|triggers|notices|questions).*"}[5m]))) > 2',
            for: '10m',
            severity: 'warning',
            summary: 'One request in twenty takes more than two seconds',
            runbook: 'the-hub-is-slow',
            fires: {
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/sessions",le="1"}': '0+5x60',
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/sessions",le="5"}': '0+10x60',
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/sessions",le="+Inf"}': '0+10x60',
            },
            rests: {
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/events",le="1"}': '0+5x60',
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/events",le="5"}': '0+10x60',
              'signalbox_http_request_duration_seconds_bucket{instance="a",route="/events",le="+Inf"}': '0+10x60',
            },
          },
        ],
      },
      {
        title: 'Time of a write, p95',
        help: 'Until it is durable.',
        unit: 's',
        queries: [{ expr: 'histogram_quantile(0.95, sum by (le) (rate(signalbox_store_write_seconds_bucket[5m])))', legend: 'p95' }],
      },
      {
        title: 'Database',
        help: 'Requests that failed because it could not be read or written.',
        unit: 'short',
        queries: [{ expr: 'sum by (operation) (rate(signalbox_store_failures_total[5m]))', legend: '{{operation}} failures a second' }],
        rules: [
          {
            alert: 'SignalboxStoreFailing',
            expr: 'signalbox_store_up == 0',
            for: '1m',
            severity: 'critical',
            summary: '{{ $labels.instance }} cannot read or write its database',
            runbook: 'the-database-is-away',
            fires: { 'signalbox_store_up{instance="a"}': '0x60' },
            rests: { 'signalbox_store_up{instance="a"}': '1x60' },
          },
        ],
      },
      {
        title: 'Size of the database',
        help: 'On its disk, with its log.',
        unit: 'bytes',
        queries: [{ expr: 'max(signalbox_store_bytes)', legend: 'database' }],
      },
      {
        title: 'Disk of DATA_DIR',
        help: 'Used part.',
        unit: 'percentunit',
        queries: [{ expr: 'signalbox_disk_used_ratio', legend: '{{instance}}' }],
        rules: [
          {
            alert: 'SignalboxDiskNearlyFull',
            expr: 'signalbox_disk_used_ratio > 0.9',
            for: '5m',
            severity: 'critical',
            summary: 'The disk of {{ $labels.instance }} is nearly full: {{ $value | humanizePercentage }}',
            runbook: 'the-disk-is-full',
            fires: { 'signalbox_disk_used_ratio{instance="a"}': '0.95x60' },
            rests: { 'signalbox_disk_used_ratio{instance="a"}': '0.89x60' },
          },
        ],
      },
      {
        title: 'Certificate',
        help: 'Time until the certificate of TLS_CERT ends. Empty for a hub behind a proxy with https.',
        unit: 's',
        queries: [{ expr: 'signalbox_certificate_expiry_timestamp_seconds - time()', legend: '{{instance}}' }],
        rules: [
          {
            alert: 'SignalboxCertificateExpires',
            expr: 'signalbox_certificate_expiry_timestamp_seconds - time() < 14 * 86400',
            for: '15m',
            severity: 'warning',
            summary: 'The certificate of {{ $labels.instance }} ends soon: {{ $value | humanizeDuration }}',
            runbook: 'the-certificate-ends',
            fires: { 'signalbox_certificate_expiry_timestamp_seconds{instance="a"}': '1000000x120' },
            rests: { 'signalbox_certificate_expiry_timestamp_seconds{instance="a"}': '2000000x120' },
          },
        ],
      },
      {
        title: 'Monitor',
        help: 'Time since heartbeats were last checked, and whether a grace period holds alerts back.',
        unit: 's',
        queries: [
          { expr: 'signalbox_monitor_check_age_seconds', legend: 'last check {{instance}}' },
          { expr: 'max(signalbox_monitor_paused)', legend: 'grace period' },
        ],
        rules: [
          {
            alert: 'SignalboxMonitorPaused',
            expr: 'max(signalbox_monitor_paused) == 1',
            for: '15m',
            severity: 'warning',
            summary: 'The monitor is in a grace period for more than 15 minutes: sessions that die are not noticed',
            runbook: 'the-monitor-is-paused',
            fires: { 'signalbox_monitor_paused{instance="a"}': '1x60' },
            rests: { 'signalbox_monitor_paused{instance="a"}': '1x10 0x50' },
          },
          {
            alert: 'SignalboxMonitorStopped',
            expr: 'signalbox_monitor_check_age_seconds > 60',
            for: '1m',
            severity: 'critical',
            summary: '{{ $labels.instance }} has not checked heartbeats for a minute',
            runbook: 'the-monitor-is-paused',
            fires: { 'signalbox_monitor_check_age_seconds{instance="a"}': '90+60x60' },
            rests: { 'signalbox_monitor_check_age_seconds{instance="a"}': '1x60' },
          },
        ],
      },
      {
        title: 'JSON files of limits',
        help: 'Whether they cannot be written.',
        unit: 'bool',
        queries: [{ expr: 'signalbox_mirror_failing', legend: '{{instance}}' }],
      },
      {
        title: 'Live pages',
        help: 'Open event streams, and events published.',
        unit: 'short',
        queries: [
          { expr: 'sum(signalbox_event_listeners)', legend: 'streams' },
          { expr: 'sum(rate(signalbox_events_total[5m]))', legend: 'events a second' },
        ],
      },
      {
        title: 'Memory',
        help: 'Of the process of each hub.',
        unit: 'bytes',
        queries: [{ expr: 'process_resident_memory_bytes{job="signalbox"}', legend: '{{instance}}' }],
      },
      {
        title: 'Processor',
        help: 'Part of a core that each hub takes.',
        unit: 'percentunit',
        queries: [{ expr: 'rate(process_cpu_seconds_total{job="signalbox"}[5m])', legend: '{{instance}}' }],
      },
    ],
  },
]
