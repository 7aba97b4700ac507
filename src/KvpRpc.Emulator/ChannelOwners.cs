using KvpRpc.Transports;

namespace KvpRpc.Emulator;

/// <summary>Gives each prefix of keys to one transport at a time, on one side of one virtual machine.</summary>
internal sealed class ChannelOwners
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _owned = new(StringComparer.Ordinal);

    /// <summary>Takes the prefix.</summary>
    /// <returns>Gives it back when disposed.</returns>
    /// <exception cref="KvpTransportException">It is taken: <see cref="KvpTransportError.ChannelInUse"/>.</exception>
    internal IDisposable Take(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        lock (_lock)
        {
            if (_owned.Add(prefix)) return new Ownership(this, prefix);
        }

        throw new KvpTransportException(
            KvpTransportError.ChannelInUse, $"Another transport has opened the items that start with '{prefix}'.");
    }

    private sealed class Ownership(ChannelOwners owners, string prefix) : IDisposable
    {
        public void Dispose()
        {
            lock (owners._lock) owners._owned.Remove(prefix);
        }
    }
}
