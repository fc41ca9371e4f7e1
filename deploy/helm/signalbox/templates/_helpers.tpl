{{- define "signalbox.name" -}}
{{- if contains "signalbox" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-signalbox" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "signalbox.selector" -}}
app.kubernetes.io/name: signalbox
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "signalbox.labels" -}}
{{ include "signalbox.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "signalbox.secret" -}}
{{ .Values.auth.existingSecret | default (include "signalbox.name" .) }}
{{- end }}

{{- define "signalbox.hasMongo" -}}
{{ if or .Values.mongodb.uri .Values.mongodb.existingSecret }}yes{{ end }}
{{- end }}

{{- define "signalbox.path" -}}
{{ (urlParse .Values.publicUrl).path | trimSuffix "/" }}
{{- end }}

{{/* The pods of both kinds; `volume` is what is mounted at /data. */}}
{{- define "signalbox.pod" -}}
metadata:
  labels: {{- include "signalbox.labels" .root | nindent 4 }}
  annotations:
    checksum/settings: {{ include (print .root.Template.BasePath "/configmap.yaml") .root | sha256sum }}
    {{- with .root.Values.podAnnotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 20
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: hub
      image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      ports:
        - { name: http, containerPort: 4000 }
      envFrom:
        - configMapRef: { name: {{ include "signalbox.name" .root }} }
        {{- range .root.Values.settingsFrom }}
        - secretRef: { name: {{ . }} }
        {{- end }}
      env:
        - name: API_KEYS
          valueFrom: { secretKeyRef: { name: {{ include "signalbox.secret" .root }}, key: API_KEYS } }
        - name: SECRET_KEY
          valueFrom: { secretKeyRef: { name: {{ include "signalbox.secret" .root }}, key: SECRET_KEY } }
        {{- if include "signalbox.hasMongo" .root }}
        - name: MONGODB_URI
          valueFrom: { secretKeyRef: { name: {{ .root.Values.mongodb.existingSecret | default (include "signalbox.name" .root) }}, key: MONGODB_URI } }
        {{- end }}
      startupProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 2
        failureThreshold: 60
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 3
      # It answers as long as the process lives; a database that is away must not restart every hub.
      livenessProbe:
        tcpSocket: { port: http }
        periodSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .root.Values.resources | nindent 8 }}
      volumeMounts:
        - { name: data, mountPath: /data }
  {{- with .volume }}
  volumes: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
