using KvpRpc.Protocol.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Driver;

/// <summary>What the driver logs: ids 1 to 99, never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Link of channel {Channel} opened; the peer is {Implementation}.")]
    internal static partial void LinkOpened(ILogger logger, string channel, string? implementation);

    [LoggerMessage(2, LogLevel.Information, "Link of channel {Channel} ended, {Reason}: {Text}")]
    internal static partial void LinkEnded(ILogger logger, string channel, LinkEndReason reason, string text);

    [LoggerMessage(3, LogLevel.Warning, "The peer's table of channel {Channel} could not be read; it is tried again.")]
    internal static partial void ReadFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(4, LogLevel.Warning, "The own table could not be written; it is tried again.")]
    internal static partial void WriteFailed(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning,
        "Changes of channel {Channel} cannot be watched; its table is polled meanwhile.")]
    internal static partial void WatchFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(6, LogLevel.Error, "The loop of channel {Channel} failed.")]
    internal static partial void LoopFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(7, LogLevel.Warning, "Item {Key} was not written: {Error}")]
    internal static partial void ItemNotWritten(ILogger logger, string key, string? error);

    [LoggerMessage(8, LogLevel.Warning, "The own table could not be read back; it is tried again.")]
    internal static partial void AuditFailed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Warning,
        "The transport of channel {Channel} does not end its calls; it is disposed of when it has.")]
    internal static partial void TransportHangs(ILogger logger, string channel);

    [LoggerMessage(10, LogLevel.Warning, "The transport of channel {Channel} could not be closed.")]
    internal static partial void StopFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(11, LogLevel.Information,
        "Channel {Channel} delivers nothing until the peer has proven that the link goes on: {Why}.")]
    internal static partial void Suspected(ILogger logger, string channel, string why);

    [LoggerMessage(12, LogLevel.Warning,
        "The keys of channel {Channel} are written to {File}: whoever reads that file reads its links.")]
    internal static partial void KeysAreLogged(ILogger logger, string channel, string file);

    [LoggerMessage(13, LogLevel.Warning, "The keys of a link of channel {Channel} could not be logged.")]
    internal static partial void KeysNotLogged(ILogger logger, Exception exception, string channel);
}
