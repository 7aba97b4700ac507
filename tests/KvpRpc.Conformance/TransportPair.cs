using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>The tables of one VM of a test: the transport under test, and hands to do what others do to its
/// tables.</summary>
/// <remarks>The tables are empty at first, or hold what the platform itself puts there.</remarks>
public abstract class TransportPair : IAsyncDisposable
{
    /// <summary>Every key that the tests write through the transport under test starts with it.</summary>
    public const string Prefix = "KvpRpc.Conformance.";

    /// <summary>Opens the transport under test for <see cref="Prefix"/>; the one before has been disposed.</summary>
    public abstract ValueTask<IKvpTransport> OpenTransportAsync();

    /// <summary>Adds or changes an item of the table that the transport reads, as a program on the other
    /// side.</summary>
    public abstract ValueTask SetPeerItemAsync(string key, string value);

    /// <summary>Deletes an item of the table that the transport reads, as a program on the other side.</summary>
    public abstract ValueTask DeletePeerItemAsync(string key);

    /// <summary>Reads the table that the transport writes, as a program on the other side sees it.</summary>
    public abstract ValueTask<IReadOnlyDictionary<string, string>> ViewOwnTableAsync();

    /// <summary>Adds or changes an item of the table that the transport writes, as another program on its
    /// side.</summary>
    public abstract ValueTask SetForeignItemAsync(string key, string value);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
