# Production. The registry is an argument (`--registry`), or stands here as `registry`.
{
  services.marketplace.maxReplicas = 10;
  services.recommendations.maxReplicas = 10;
}
