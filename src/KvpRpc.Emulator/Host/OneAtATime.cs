using System.Diagnostics.CodeAnalysis;

namespace KvpRpc.Emulator.Host;

/// <summary>Lets one piece of asynchronous work run at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification =
    "A SemaphoreSlim whose wait handle nobody asks for holds nothing; disposing it would break those who still wait.")]
internal sealed class OneAtATime
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; it ends with <see cref="Leave"/>.</summary>
    internal Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    internal void Leave() => _turn.Release();
}
