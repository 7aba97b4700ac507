using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

/// <summary>A logger of which every second part fails.</summary>
internal sealed class ThrowingLogger : ILogger
{
    private int _asked;

    internal bool WasAsked => Volatile.Read(ref _asked) > 1;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => throw new InvalidOperationException("no scope");

    // Some fail here, some only when they are to write.
    public bool IsEnabled(LogLevel logLevel) => Interlocked.Increment(ref _asked) % 2 == 0
        ? true
        : throw new InvalidOperationException("no level");

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("no log");
}
