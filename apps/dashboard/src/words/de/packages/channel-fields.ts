import type { ChannelFieldWords } from '../../translate-channel-fields.ts'

export const channelFieldWords: ChannelFieldWords = {
  web_push: {},
  email: { to: { label: 'Empfänger', help: 'E-Mail-Adressen, höchstens 20.' } },
  webhook: {
    url: { label: 'Adresse', help: 'Bekommt ein POST mit JSON, signiert, wie es Standard Webhooks beschreibt.' },
    secret: {
      label: 'Signaturgeheimnis',
      help: 'Damit prüft der Empfänger jede Nachricht.',
      without: 'der Hub erzeugt eines und zeigt es einmal',
    },
    previous_secret: { label: 'Früheres Signaturgeheimnis', help: 'Signiert mit, bis der Empfänger das neue kennt.' },
    authorization: { label: 'Authorization-Header', help: 'Wird gesendet, wie er ist, wo der Empfänger einen verlangt.' },
  },
  ntfy: {
    topic: { label: 'Thema', help: 'Der Name, den du in der App abonniert hast. Ohne Zugangstoken kann lesen, wer ihn errät.' },
    server: { label: 'Server', help: 'Dein eigener Server oder der öffentliche.' },
    token: { label: 'Zugangstoken', help: 'Für ein geschütztes Thema.' },
    user: { label: 'Benutzer', help: 'Für ein Thema, das mit einem Passwort geschützt ist.' },
    password: { label: 'Passwort', help: 'Gehört zum Benutzer.' },
  },
  slack: {
    url: { label: 'Adresse des Webhooks', help: 'Die Adresse eines eingehenden Webhooks; wer sie hat, kann schreiben.' },
    server: { label: 'Server', help: 'Welches Programm die Nachrichten bekommt: es bestimmt ihre Auszeichnung.' },
    channel: { label: 'Kanal', help: 'Ein anderer Kanal als der des Webhooks; Slack beachtet ihn nicht.' },
  },
  discord: {
    url: { label: 'Adresse des Webhooks', help: 'Aus „Integrationen“ in den Einstellungen des Kanals; wer sie hat, kann schreiben.' },
    thread_id: { label: 'Thread', help: 'Die ID eines Threads dieses Kanals.' },
  },
  telegram: {
    bot_token: { label: 'Bot-Token', help: 'BotFather gibt ihn dir mit einem neuen Bot.' },
    chat_id: {
      label: 'Chat',
      help: 'Die ID einer Person, einer Gruppe oder eines Kanals, die mit dem Bot gesprochen haben, oder @name eines öffentlichen Kanals.',
    },
    topic_id: { label: 'Thema', help: 'Die Nummer eines Themas in einer Gruppe, die Themen hat.' },
    server: { label: 'Server', help: 'Ein eigener Server der Bot-API.' },
  },
  pagerduty: {
    routing_key: { label: 'Integrationsschlüssel', help: 'Einer Integration mit der Events API v2: 32 Zeichen.' },
    region: { label: 'Region des Dienstes', help: 'Wo dein Konto bei PagerDuty ist.' },
  },
  matrix: {
    server: { label: 'Homeserver', help: 'Des Kontos, das schreibt.' },
    access_token: { label: 'Zugangstoken', help: 'Eines Kontos für diesen Zweck, das dem Raum beigetreten ist.' },
    room_id: { label: 'Raum', help: 'Seine interne ID, aus den Einstellungen des Raums.' },
  },
  teams: {
    url: { label: 'Adresse des Workflows', help: 'Eines Workflows, der mit „When a Teams webhook request is received“ beginnt.' },
  },
  pushover: {
    app_token: { label: 'Anwendungstoken', help: 'Einer Anwendung, die du bei pushover.net anlegst: 30 Zeichen.' },
    user_key: { label: 'Benutzer- oder Gruppenschlüssel', help: 'Wer die Nachrichten bekommt: 30 Zeichen.' },
    device: { label: 'Gerät', help: 'Der Name eines Geräts.', without: 'alle Geräte' },
    emergency: { label: 'Kritische Alarme wiederholen', help: 'Kritische Alarme tönen, bis jemand sie bestätigt.' },
    retry_s: { label: 'Wiederholen alle', help: 'Sekunden zwischen zwei Tönen eines kritischen Alarms, mindestens 30.' },
    expire_s: { label: 'Wiederholen für', help: 'Sekunden, nach denen sie enden, höchstens 10800.' },
  },
  desktop: {
    machine_id: { label: 'Maschine', help: 'Die sie zeigt.', without: 'jede Maschine, deren Collector sie zeigen kann' },
  },
  apprise: {
    url: { label: 'Adresse', help: 'Deiner Apprise-API.' },
    config_key: { label: 'Konfigurationsschlüssel', help: 'Unter dem die Apprise-API ihre Adressen aufbewahrt.' },
    urls: { label: 'Apprise-Adressen', help: 'Wo die Apprise-API nichts aufbewahrt: höchstens 20.' },
    tags: { label: 'Tags', help: 'Welche der aufbewahrten Adressen die Nachricht bekommen.', without: 'alle' },
  },
}
