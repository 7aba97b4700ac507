using KvpRpc.Host;
using KvpRpc.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>Keeps the VMs open that the settings name, as they appear and go, while the application runs.</summary>
internal sealed class KvpHostService(
    KvpHost host,
    KvpClients clients,
    KvpHostOptions options,
    IOptions<KvpHostSettings> settings,
    IEnumerable<HostServiceOffer> offers,
    ILoggerFactory loggers) : BackgroundService
{
    private readonly ILogger _logger = loggers.CreateLogger("KvpRpc.Hosting");
    private readonly Dictionary<Guid, KvpVirtualMachine> _open = [];
    private readonly Dictionary<Guid, string> _failures = [];
    private string? _listingFailure;

    /// <summary>Ends what runs and closes the links; the peers are told.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // Calls that run may end, before what they run on is closed.
        await host.DrainAsync(cancellationToken).ConfigureAwait(false);
        await clients.DisposeAsync().ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Value.VirtualMachines.Count == 0)
        {
            if (offers.Any())
                Log.NobodyCanCall(_logger);
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(settings.Value.LookInterval, options.Links.TimeProvider, stoppingToken)
                .ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KvpVirtualMachineInfo> all;
        try
        {
            all = await host.ListVirtualMachinesAsync(cancellationToken).ConfigureAwait(false);
            _listingFailure = null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Said once, not at every look.
            if (_listingFailure != exception.Message)
                Log.ListingFailed(_logger, exception);
            _listingFailure = exception.Message;
            return;
        }

        foreach (KvpVirtualMachine gone in _open.Values.Where(one => all.All(info => info.Id != one.Id)).ToArray())
        {
            _open.Remove(gone.Id);
            await gone.DisposeAsync().ConfigureAwait(false);
            Log.MachineGone(_logger, gone.Name, gone.Id);
        }

        foreach (KvpVirtualMachineInfo info in all)
        {
            bool isOpen = _open.TryGetValue(info.Id, out KvpVirtualMachine? machine) && !machine.IsDisposed;
            if (!isOpen && MachinePatterns.Match(settings.Value.VirtualMachines, info))
                await OpenAsync(info, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task OpenAsync(KvpVirtualMachineInfo info, CancellationToken cancellationToken)
    {
        try
        {
            _open[info.Id] = await host.OpenVirtualMachineAsync(info, cancellationToken).ConfigureAwait(false);
            _failures.Remove(info.Id);
            Log.MachineOpened(_logger, info.Name, info.Id);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One VM that cannot be opened must not keep the others closed.
            if (_failures.GetValueOrDefault(info.Id) != exception.Message)
                Log.MachineNotOpened(_logger, exception, info.Name, info.Id);
            _failures[info.Id] = exception.Message;
        }
    }
}
