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

    private readonly EmulatedHyperV _hyperV;
    private readonly KvpHost _host;
    private readonly string _folder = Directory.CreateTempSubdirectory("kvprpc-demo-").FullName;

    internal DemoScene(EmulatedGuestKind kind, TimeProvider time)
    {
        Time = time;
        _hyperV = new(new() { HostName = HostName, TimeProvider = time });
        _host = new(_hyperV);
        _host.AddService<IHostDesk>(opened =>
            new HostDesk(Machines!.Single(machine => machine.Id == opened.Id), HostName, time));
        Machines = [.. Names.Select(name => new DemoMachine(_hyperV.AddVirtualMachine(name, kind), _folder, time))];
    }

    internal TimeProvider Time { get; }

    internal IReadOnlyList<DemoMachine> Machines { get; }

    /// <summary>Gets the guest that most steps call.</summary>
    internal DemoMachine Web => Machines[0];

    internal DemoMachine Database => Machines[1];

    /// <summary>Gets what the traffic of all machines has cost so far.</summary>
    internal Cost Cost => Machines.Aggregate(new Cost(), (sum, machine) => sum + machine.Cost);

    /// <summary>Switches all machines on and has the host keep links to them.</summary>
    internal Task BootAsync(CancellationToken cancellationToken) => Task.WhenAll(Machines.Select(async machine =>
    {
        await machine.BootAsync(cancellationToken);
        await machine.OpenAsync(_host, cancellationToken);
    }));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Machines.Select(machine => machine.DisposeAsync().AsTask()));
        await _host.DisposeAsync();
        await _hyperV.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
