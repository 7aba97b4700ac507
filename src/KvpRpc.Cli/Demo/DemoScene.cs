using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Cli.Demo.Reports;
using KvpRpc.Emulator;
using KvpRpc.Host;

namespace KvpRpc.Cli.Demo;

/// <summary>All that the demo plays with: an emulated Hyper-V host, its machines, and a folder for their
/// files.</summary>
internal sealed class DemoScene : IAsyncDisposable
{
    internal const string HostName = "HV-DEMO";
    private static readonly string[] Names = ["web-01", "db-01"];

    private readonly EmulatedGuestKind _kind;
    private readonly EmulatedHyperV _hyperV;
    private readonly KvpHost _host;
    private readonly List<DemoMachine> _machines = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("kvprpc-demo-").FullName;

    internal DemoScene(EmulatedGuestKind kind, TimeProvider time)
    {
        _kind = kind;
        Time = time;
        _hyperV = new(new() { HostName = HostName, TimeProvider = time });
        _host = new(_hyperV);
        _host.AddService<IHostDesk>(
            opened => new HostDesk(_machines.Single(machine => machine.Id == opened.Id), HostName, time),
            RpcAccess.VirtualMachinesNamed(Names));
    }

    internal TimeProvider Time { get; }

    internal IReadOnlyList<DemoMachine> Machines => _machines;

    /// <summary>Gets the guest that most steps call.</summary>
    internal DemoMachine Web => Machines[0];

    internal DemoMachine Database => Machines[1];

    /// <summary>Gets what the traffic of all machines has cost so far.</summary>
    internal Cost Cost => Machines.Aggregate(new Cost(), (sum, machine) => sum + machine.Cost);

    /// <summary>Gets what stands in the way of links, for people; empty when nothing is known.</summary>
    internal IEnumerable<string> Obstacles => _machines
        .Where(machine => machine.Obstacle is not null)
        .Select(machine => $"{machine.Name}: {machine.Obstacle}");

    /// <summary>Makes the machines, switches them on and has the host keep links to them.</summary>
    internal async Task BootAsync(CancellationToken cancellationToken)
    {
        foreach (string name in Names)
            _machines.Add(new(_hyperV.AddVirtualMachine(name, _kind), _folder, Time));
        await Task.WhenAll(_machines.Select(async machine =>
        {
            await machine.BootAsync(cancellationToken);
            await machine.OpenAsync(_host, cancellationToken);
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Machines.Select(machine => machine.DisposeAsync().AsTask()));
        await _host.DisposeAsync();
        await _hyperV.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
