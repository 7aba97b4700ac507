namespace KvpRpc.Cli;

/// <summary>What the tool returns to its shell.</summary>
internal static class ExitCodes
{
    /// <summary>It did what it was asked.</summary>
    internal const int Success = 0;

    /// <summary>It tried, and something went wrong; the output says what.</summary>
    internal const int Failed = 1;

    /// <summary>It was asked for what does not exist, here or at all; nothing was done.</summary>
    internal const int Usage = 2;

    /// <summary>The user stopped it: 128 and the number of SIGINT, as shells report it.</summary>
    internal const int Interrupted = 130;
}
