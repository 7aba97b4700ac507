namespace KvpRpc.Transports;

/// <summary>Moves items: reads the peer's table, reads and writes the own table of one VM. It knows nothing
/// else.</summary>
/// <remarks>
/// <para>What the caller promises:</para>
/// <list type="bullet">
/// <item>Each of the four operations is never called again before its earlier call has completed; different operations
/// may run at the same time (a wait beside a read and a write).</item>
/// <item>A batch names each key once, and every key starts with the prefix that the transport was opened for.</item>
/// <item>Nothing is called after <see cref="IAsyncDisposable.DisposeAsync"/> has been called.</item>
/// </list>
/// <para>What an implementation promises:</para>
/// <list type="bullet">
/// <item>A read shows every item that exists during the whole read, with a value that was once written whole; an item
/// that changes during the read shows its old or its new value; items show in any order. A torn or undecodable item is
/// left out. A key shows at most once.</item>
/// <item>A write touches only keys of the batch. Items of others keep their bytes.</item>
/// <item><see cref="WriteAsync"/> completes only when every item has its <see cref="KvpItemWrite.Outcome"/>. An item
/// reported <see cref="KvpWriteOutcome.Landed"/> is visible to a read of the own table from then on, and to the peer as
/// soon as the medium carries it; nothing of an item reported <see cref="KvpWriteOutcome.Refused"/> can land
/// later.</item>
/// <item>A value or key beyond <see cref="Limits"/>, or with a character that the medium would alter, is refused, never
/// cut or altered. Every medium carries XML 1.0 text without carriage returns.</item>
/// <item>Memory is bounded whatever the tables hold.</item>
/// </list>
/// </remarks>
public interface IKvpTransport : IAsyncDisposable
{
    /// <summary>Gets what an own item and a batch may hold.</summary>
    KvpTransportLimits Limits { get; }

    /// <summary>Gets whether <see cref="WaitForChangeAsync"/> works here. A Hyper-V host has nothing that wakes
    /// it.</summary>
    bool CanWaitForChange { get; }

    /// <summary>Gets what is wrong with the tables although reads and writes work; empty when nothing is.</summary>
    /// <remarks>Brought up to date by each read and write. Example: the record of another program hides ours.</remarks>
    IReadOnlyList<KvpTransportProblem> Problems { get; }

    /// <summary>Gets a number that changes when the transport learns that the VM may be a past or a copy of what it
    /// was: its generation id is another, a checkpoint was applied, it was restored from a backup. Always 0 where
    /// nothing tells.</summary>
    /// <remarks>Asked at each turn of a link's loop, before anything that was read is delivered: it must neither block
    /// nor throw. A transport that can wait for changes also ends the wait when this one changes.</remarks>
    long Timeline => 0;

    /// <summary>Reads the peer's table and shows its items to <paramref name="visitor"/>, one after the
    /// other.</summary>
    /// <param name="visitor">Called on the thread that reads; the spans are valid only during the call.</param>
    /// <param name="cancellationToken">Gives up the read.</param>
    /// <exception cref="KvpTransportException">The table could not be read; what was shown until then stays
    /// true.</exception>
    ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Reads the own table: what earlier writes, of this process or of one before it, have left
    /// there.</summary>
    /// <inheritdoc cref="ReadPeerTableAsync"/>
    ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Writes a batch of own items and sets the outcome of each.</summary>
    /// <param name="batch">At most <see cref="KvpTransportLimits.MaxItemsPerBatch"/> items. Not atomic: any subset may
    /// be visible while the call runs, and items may have different outcomes.</param>
    /// <param name="cancellationToken">Gives up waiting; items not known to have ended are then
    /// <see cref="KvpWriteOutcome.InDoubt"/>.</param>
    /// <exception cref="KvpTransportException">Nothing of the batch was written and nothing can land later.</exception>
    ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken);

    /// <summary>Completes when the peer's table may have changed since the start of the last read of it.</summary>
    /// <remarks>No change is missed: one that happens after a read has started completes this call, even when the call
    /// is made later. It may also complete without a change.</remarks>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <exception cref="NotSupportedException"><see cref="CanWaitForChange"/> is false.</exception>
    /// <exception cref="KvpTransportException">Changes can no longer be watched.</exception>
    ValueTask WaitForChangeAsync(CancellationToken cancellationToken);
}
