namespace KvpRpc.Emulator.Guests;

/// <summary>The guest's half of one virtual machine: what answers the host service over the wire of KVP.</summary>
/// <remarks>
/// <para>The host service promises: one call of <see cref="TransactAsync"/> at a time, and the calls that change the
/// guest's life (boot, halt, service, tables) one at a time too; they may come while a transaction is under way, which
/// then ends with <see cref="KvpResponse.Failed"/>.</para>
/// <para>A guest promises: the driver's conversions have been done on everything that it stores and answers; a
/// transaction without an answer ends with <see cref="KvpResponse.Failed"/> after 30 seconds of the emulator's time.
/// Its tables outlive a halt, a service that stops and a program that dies.</para>
/// </remarks>
internal abstract class EmulatedGuest : IAsyncDisposable
{
    /// <summary>Gets the folder of the pool files, for a guest that has them; else null.</summary>
    internal virtual string? PoolFolder => null;

    /// <summary>Gets the <c>OperationalStatus</c> that the host shows while the service answers: 2 OK, 3 OK over an
    /// older protocol, which is normal for Linux.</summary>
    internal virtual int StatusWhenUp => 3;

    /// <summary>Gets how many bytes of UTF-8 a value of a host item may have so that the guest gets all of it: 2047 in
    /// a Linux guest, whose kernel cuts what is longer without a word; null where only UTF-16 units count, as in a
    /// Windows guest.</summary>
    internal virtual int? MaxValueUtf8Bytes => 2047;

    /// <summary>Gets whether the guest runs and its Data Exchange service answers.</summary>
    internal abstract bool IsServiceUp { get; }

    /// <summary>The VM was switched on: the guest boots and starts its Data Exchange service.</summary>
    internal abstract ValueTask BootAsync(CancellationToken cancellationToken);

    /// <summary>The VM lost its power. What the tables hold stays.</summary>
    internal abstract ValueTask HaltAsync(CancellationToken cancellationToken);

    /// <summary>The VM was paused or saved: the guest stands still. The host sends no transaction meanwhile.</summary>
    internal virtual ValueTask PauseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The VM goes on where it was paused or saved.</summary>
    internal virtual ValueTask ResumeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Starts the Data Exchange service of a guest that runs; nothing if it is up.</summary>
    internal abstract ValueTask StartServiceAsync(CancellationToken cancellationToken);

    /// <summary>Stops the Data Exchange service of a guest that runs; nothing if it is down.</summary>
    internal abstract ValueTask StopServiceAsync(CancellationToken cancellationToken);

    /// <summary>Carries out one transaction.</summary>
    /// <returns>The answer; <see cref="KvpResponse.Failed"/> when the guest cannot give one.</returns>
    internal abstract ValueTask<KvpResponse> TransactAsync(KvpRequest request, CancellationToken cancellationToken);

    /// <summary>Copies the tables, for a checkpoint or a clone.</summary>
    internal abstract ValueTask<GuestTables> SaveTablesAsync(CancellationToken cancellationToken);

    /// <summary>Puts back tables of the past, or of another machine.</summary>
    internal abstract ValueTask RestoreTablesAsync(GuestTables tables, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
