{{- define "frontdesk.name" -}}
{{- if contains "frontdesk" .Release.Name }}{{ .Release.Name | trunc 50 }}{{ else }}{{ printf "%s-frontdesk" .Release.Name | trunc 50 }}{{ end }}
{{- end }}

{{- define "frontdesk.selector" -}}
app.kubernetes.io/name: frontdesk
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "frontdesk.labels" -}}
{{ include "frontdesk.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Whether the store is a database; empty if it is not. */}}
{{- define "frontdesk.database" -}}
{{- if or .Values.postgresql.url .Values.postgresql.existingSecret }}yes{{ end }}
{{- end }}

{{- define "frontdesk.secret" -}}
{{- .Values.postgresql.existingSecret | default (include "frontdesk.name" .) }}
{{- end }}

{{/* Whether nodes hear each other over a URL of its own; empty if they do not. */}}
{{- define "frontdesk.listens" -}}
{{- if .Values.postgresql.existingSecret }}{{ if .Values.postgresql.hasListenUrl }}yes{{ end }}{{ else if .Values.postgresql.listenUrl }}yes{{ end }}
{{- end }}

{{- define "frontdesk.files" -}}
{{- .Values.files.existingClaim | default (printf "%s-files" (include "frontdesk.name" .)) }}
{{- end }}

{{/* The pod, of either kind of store. */}}
{{- define "frontdesk.pod" -}}
metadata:
  labels:
    {{- include "frontdesk.labels" . | nindent 4 }}
  annotations:
    # A change of the configuration starts the pods anew.
    checksum/config: {{ .Values.config | sha256sum }}
    {{- if not .Values.postgresql.existingSecret }}
    checksum/secret: {{ printf "%s %s" .Values.postgresql.url .Values.postgresql.listenUrl | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  # Endpoints go first (5 s), then a stop takes up to 10 s for requests under way and what is written last.
  terminationGracePeriodSeconds: 50
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: frontdesk
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: ["serve"]
      env:
        - name: FRONTDESK_CONFIG
          value: /etc/frontdesk/frontdesk.toml
        - name: FRONTDESK_LISTEN
          value: 0.0.0.0:8080
        - name: FRONTDESK_INTERNAL_LISTEN
          value: 0.0.0.0:9090
        # A folder in the volume, which the server makes for itself alone.
        - name: FRONTDESK_DATA_DIR
          value: /var/lib/frontdesk/data
        {{- if include "frontdesk.database" . }}
        - name: FRONTDESK_STORE_URL
          valueFrom:
            secretKeyRef:
              name: {{ include "frontdesk.secret" . }}
              key: url
        {{- if include "frontdesk.listens" . }}
        - name: FRONTDESK_STORE_LISTEN_URL
          valueFrom:
            secretKeyRef:
              name: {{ include "frontdesk.secret" . }}
              key: listen-url
        {{- end }}
        - name: FRONTDESK_STORE_CONNECTIONS
          value: {{ .Values.postgresql.connections | quote }}
        - name: FRONTDESK_STORE_FILES
          value: /var/lib/frontdesk-files
        {{- end }}
        {{- with .Values.files.url }}
        - name: FRONTDESK_FILES_URL
          value: {{ . | quote }}
        {{- end }}
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: 8080
        - name: internal
          containerPort: 9090
      startupProbe:
        httpGet: { path: /readyz, port: internal }
        periodSeconds: 3
        failureThreshold: {{ div .Values.startSeconds 3 }}
      readinessProbe:
        httpGet: { path: /readyz, port: internal }
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      # Not /readyz: a database that is away is no reason to start a node anew.
      livenessProbe:
        httpGet: { path: /healthz, port: internal }
        periodSeconds: 10
        timeoutSeconds: 3
        failureThreshold: 3
      lifecycle:
        preStop:
          exec:
            command: ["sleep", "5"]
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: config
          mountPath: /etc/frontdesk
          readOnly: true
        - name: data
          mountPath: /var/lib/frontdesk
        - name: temporary
          mountPath: /tmp
        {{- if include "frontdesk.database" . }}
        - name: files
          mountPath: /var/lib/frontdesk-files
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "frontdesk.name" . }}
    - name: temporary
      emptyDir: {}
    {{- if include "frontdesk.database" . }}
    # The admin socket and the lock of the process.
    - name: data
      emptyDir: {}
    - name: files
      {{- if and .Values.files.url (not .Values.files.existingClaim) }}
      emptyDir: {}
      {{- else }}
      persistentVolumeClaim:
        claimName: {{ include "frontdesk.files" . }}
      {{- end }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.affinity }}
  affinity:
    {{- toYaml .Values.affinity | nindent 4 }}
  {{- else if include "frontdesk.database" . }}
  # On different machines where there are some.
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "frontdesk.selector" . | nindent 16 }}
  {{- end }}
{{- end }}
