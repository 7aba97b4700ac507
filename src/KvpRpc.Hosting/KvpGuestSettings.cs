namespace KvpRpc.Hosting;

/// <summary>What the configuration says of a guest.</summary>
public sealed class KvpGuestSettings : KvpSettings
{
}
