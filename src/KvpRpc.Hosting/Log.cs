using Microsoft.Extensions.Logging;

namespace KvpRpc.Hosting;

/// <summary>What hosting logs: ids 300 to 399, never used again for another meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "The VM {Name} ({Id}) is open.")]
    internal static partial void MachineOpened(ILogger logger, string name, Guid id);

    [LoggerMessage(301, LogLevel.Warning, "The VM {Name} ({Id}) could not be opened; it is tried again.")]
    internal static partial void MachineNotOpened(ILogger logger, Exception exception, string name, Guid id);

    [LoggerMessage(302, LogLevel.Information, "The VM {Name} ({Id}) is gone and was closed.")]
    internal static partial void MachineGone(ILogger logger, string name, Guid id);

    [LoggerMessage(303, LogLevel.Warning, "The VMs of this host could not be listed; it is tried again.")]
    internal static partial void ListingFailed(ILogger logger, Exception exception);

    [LoggerMessage(304, LogLevel.Warning,
        "No VM can call this host: it offers services, but KvpHostSettings.VirtualMachines names no VM. Add names, or "
        + "'*' for all.")]
    internal static partial void NobodyCanCall(ILogger logger);

    [LoggerMessage(305, LogLevel.Information, "The tables of this guest are open; the host can open a link.")]
    internal static partial void GuestOpened(ILogger logger);

    [LoggerMessage(306, LogLevel.Warning, "The tables of this guest could not be opened; it is tried again.")]
    internal static partial void GuestNotOpened(ILogger logger, Exception exception);
}
