# The versions of Kubernetes that are supported, the oldest first. Every kubernetes-validate since
# 1.35 has schemas of them.
[
  "1.33"
  "1.34"
  "1.35"
]
