using System.Collections.Concurrent;
using System.Globalization;
using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Cli.Demo.Guests;
using KvpRpc.Cli.Demo.Reports;
using KvpRpc.Emulator;
using KvpRpc.Host;
using KvpRpc.Links;

namespace KvpRpc.Cli.Demo;

/// <summary>One virtual machine of the demo: the emulated one, its guest's program, and the host's view of
/// it.</summary>
internal sealed class DemoMachine : IAsyncDisposable
{
    private readonly EmulatedVirtualMachine _emulated;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly List<TrafficMeter> _meters = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _signIns = new();
    private readonly EmulatedGuestPort? _port;
    private KvpVirtualMachine? _opened;

    internal DemoMachine(EmulatedVirtualMachine emulated, string folder, TimeProvider time)
    {
        _emulated = emulated;
        _folder = Directory.CreateDirectory(Path.Join(folder, emulated.Name)).FullName;
        _time = time;
        _port = emulated.GuestKind is EmulatedGuestKind.Linux ? emulated.OpenGuestPort() : null;
    }

    internal string Name => _emulated.Name;

    internal Guid Id => _emulated.Id;

    /// <summary>Gets the guest's program that runs now.</summary>
    internal GuestProcess? Program { get; private set; }

    /// <summary>Gets the processes of the guest's programs, in the order of their lives.</summary>
    internal List<int> ProcessIds { get; } = [];

    /// <summary>Gets what the traffic has cost so far.</summary>
    internal Cost Cost
    {
        get
        {
            EmulatedMediumCounters host = _emulated.Counters;
            GuestTraffic guest = _meters.Aggregate(default(GuestTraffic), (sum, meter) => sum + meter.Read());
            return new()
            {
                HostWrites = host.HostWrites,
                HostItems = host.HostItemsWritten,
                HostBytes = host.HostBytesWritten,
                HostPolls = host.HostPolls,
                HostItemsRead = host.GuestItemsRead,
                HostBytesRead = host.GuestBytesRead,
                GuestWrites = guest.Writes,
                GuestItems = guest.Items,
                GuestBytes = guest.Bytes,
                GuestReads = guest.Reads,
            };
        }
    }

    /// <summary>Gets what stands in the way of a link; null when nothing is known.</summary>
    internal string? Obstacle => _opened?.Links.Obstacle;

    /// <summary>Switches the machine on and starts the guest's program.</summary>
    internal async Task BootAsync(CancellationToken cancellationToken)
    {
        await _emulated.StartAsync(cancellationToken);
        StartProgram();
    }

    /// <summary>Has the host keep a link to the guest.</summary>
    internal async Task OpenAsync(KvpHost host, CancellationToken cancellationToken) =>
        _opened = await host.OpenVirtualMachineAsync(Id.ToString(), cancellationToken);

    /// <summary>Starts the guest's program, as its service manager does at boot and when it has died.</summary>
    internal GuestProcess StartProgram()
    {
        string meter = Path.Join(_folder, string.Create(CultureInfo.InvariantCulture, $"meter-{_meters.Count}"));
        _meters.Add(TrafficMeter.Create(meter));
        Program = GuestProcess.Start(
            new()
            {
                PoolFolder = _emulated.PoolFolder,
                LockFolder = _port is null ? _folder : null,
                Endpoint = _port?.Endpoint,
                KeyPrefix = KvpChannel.KeyPrefix("default"),
                MeterFile = meter,
            },
            _time);
        ProcessIds.Add(Program.Id);
        return Program;
    }

    internal IGuestMachine CreateClient(TimeSpan? deadline = null) =>
        _opened!.CreateClient<IGuestMachine>(new() { Deadline = deadline });

    internal void HandleSignIn(int processId) => SignIn(processId).TrySetResult();

    /// <summary>Completes when the guest's program has called the host by itself.</summary>
    /// <exception cref="StepFailedException">It ended before.</exception>
    internal async Task WaitForSignInAsync(GuestProcess program, CancellationToken cancellationToken)
    {
        using CancellationTokenSource other = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task signedIn = SignIn(program.Id).Task.WaitAsync(other.Token);
        Task<string> ended = program.WaitForExitAsync(other.Token);
        Task first = await Task.WhenAny(signedIn, ended);
        await other.CancelAsync();
        if (first == ended && !cancellationToken.IsCancellationRequested)
        {
            string said = await ended;
            throw new StepFailedException(
                $"the program in {Name} ended and said {(said.Length == 0 ? "nothing" : $"\"{said}\"")}");
        }

        await signedIn;
    }

    public async ValueTask DisposeAsync()
    {
        if (Program is not null)
            await Program.DisposeAsync();
        if (_port is not null)
            await _port.DisposeAsync();
        foreach (TrafficMeter meter in _meters)
            meter.Dispose();
    }

    private TaskCompletionSource SignIn(int processId) =>
        _signIns.GetOrAdd(processId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
