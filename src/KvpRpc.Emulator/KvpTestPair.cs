using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Emulator;

/// <summary>A host and the guest of one VM in this process, with nothing between them but memory that can be as bad as
/// the real medium: for tests of programs that use KvpRpc.</summary>
/// <remarks>TESTING.md, beside this file and in the package, shows what can be done with it.</remarks>
public sealed class KvpTestPair : IAsyncDisposable
{
    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(500);

    // What a step leaves the programs of both sides of real time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly EmulatedHyperV _hyperV;
    private readonly KvpTestPairOptions _options;
    private int _seed;

    private KvpTestPair(EmulatedHyperV hyperV, EmulatedVirtualMachine machine, KvpTestPairOptions options)
    {
        _hyperV = hyperV;
        _options = options;
        _seed = options.Seed;
        Machine = machine;
        RpcPeerOptions calls = options.Calls with { TimeProvider = options.TimeProvider };
        Guest = new(() => Open(machine.OpenGuestTransport, KvpChannel.OpenGuest), options.Guest, calls);
        Host = new(() => Open(machine.OpenHostTransport, KvpChannel.OpenHost), options.Host, calls);
    }

    /// <summary>Gets the host's side.</summary>
    public KvpTestSide Host { get; }

    /// <summary>Gets the guest's side.</summary>
    public KvpTestSide Guest { get; }

    /// <summary>Gets the VM: its power, its checkpoints, what the traffic costs.</summary>
    public EmulatedVirtualMachine Machine { get; }

    /// <summary>Starts a VM with a program on each side.</summary>
    /// <param name="options">What they offer, and the clock; null: nothing, and the system's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<KvpTestPair> StartAsync(
        KvpTestPairOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        EmulatedHyperV hyperV = new(new() { TimeProvider = options.TimeProvider });
        try
        {
            EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("test");
            await machine.StartAsync(cancellationToken).ConfigureAwait(false);
            return new(hyperV, machine, options);
        }
        catch
        {
            await hyperV.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets faults happen on both sides from now on, or no more: <see cref="EmulatedFaults.None"/>. A side
    /// that restarts has none.</summary>
    public void SetFaults(EmulatedFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        Host.Transport.Faults = faults;
        Guest.Transport.Faults = faults;
    }

    /// <summary>Lets every read and write of both sides fail until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        Host.Transport.Cut();
        Guest.Transport.Cut();
    }

    /// <summary>Takes a <see cref="Cut"/> back.</summary>
    public void Mend()
    {
        Host.Transport.Mend();
        Guest.Transport.Mend();
    }

    /// <summary>Takes a checkpoint of the VM, for <see cref="RollBackAsync"/>.</summary>
    public Task<EmulatedCheckpoint> CreateCheckpointAsync(CancellationToken cancellationToken = default) =>
        Machine.CreateCheckpointAsync(cancellationToken);

    /// <summary>Takes the VM back to a checkpoint and starts it; the guest's program starts anew, over the tables of
    /// the past.</summary>
    public async Task RollBackAsync(EmulatedCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        await Guest.KillAsync().ConfigureAwait(false);
        await Machine.ApplyCheckpointAsync(checkpoint, withHostItems: false, cancellationToken).ConfigureAwait(false);
        await Machine.StartAsync(cancellationToken).ConfigureAwait(false);
        Guest.Begin();
    }

    /// <summary>Moves the test's clock until a task has ended, in steps of 10 to 500 ms: with a clock that stands still
    /// neither side would look for what the other has written.</summary>
    /// <param name="task">What is waited for, for example a call.</param>
    /// <param name="advance">Moves the clock of <see cref="KvpTestPairOptions.TimeProvider"/>: <c>time.Advance</c> of a
    /// <c>FakeTimeProvider</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The result of the task.</returns>
    public static async Task<T> RunAsync<T>(
        Task<T> task, Action<TimeSpan> advance, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(advance);
        TimeSpan elapsed = default;
        while (!task.IsCompleted)
        {
            // Fine at first, where calls end; coarser where only a long wait is left.
            TimeSpan step = TimeSpan.FromTicks(
                Math.Clamp(elapsed.Ticks / 50, ShortestStep.Ticks, LongestStep.Ticks));
            advance(step);
            elapsed += step;
            Task pause = Task.Delay(Pause, TimeProvider.System, cancellationToken);
            await Task.WhenAny(task, pause).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await task.ConfigureAwait(false);
    }

    /// <summary>Ends both programs and the VM.</summary>
    public async ValueTask DisposeAsync()
    {
        Mend();
        SetFaults(EmulatedFaults.None);
        await Host.EndAsync().ConfigureAwait(false);
        await Guest.EndAsync().ConfigureAwait(false);
        await _hyperV.DisposeAsync().ConfigureAwait(false);
    }

    private (FaultInjectingTransport Transport, KvpChannel Channel) Open(
        Func<string, IKvpTransport> openTransport, Func<IKvpTransport, KvpLinkOptions, KvpChannel> openChannel)
    {
        // Each life has faults of its own, and the same ones in each run.
        int seed = _seed++;
        KvpLinkOptions links = _options.Links with
        {
            VirtualMachineId = Machine.Id,
            VirtualMachineName = Machine.Name,
            TimeProvider = _options.TimeProvider,
        };
        FaultInjectingTransport transport = new(
            openTransport(KvpChannel.KeyPrefix(links.Channel)), seed, _options.TimeProvider);
        return (transport, openChannel(transport, links));
    }
}
