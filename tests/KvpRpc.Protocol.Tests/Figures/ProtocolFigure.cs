namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>A figure of the protocol, measured, and what it has to keep to.</summary>
/// <param name="Group">What it belongs to.</param>
/// <param name="Name">What is counted.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Kind">Whether the limit is a goal of the design or a guard.</param>
/// <param name="Limit">The limit.</param>
/// <param name="IsLeast">Whether the value has to be at least the limit, rather than at most.</param>
internal sealed record ProtocolFigure(
    string Group, string Name, double Value, FigureKind Kind, double Limit, bool IsLeast = false)
{
    // Sums of sixteenths and the like are exact; shares are not.
    private const double Rounding = 1e-9;

    /// <summary>Gets whether the limit is kept.</summary>
    internal bool IsReached => IsLeast ? Value >= Limit - Rounding : Value <= Limit + Rounding;
}

/// <summary>Where the limit of a figure comes from.</summary>
internal enum FigureKind
{
    /// <summary>The design promises it.</summary>
    Goal,

    /// <summary>The engine keeps to it today: only a change for the worse is to be noticed.</summary>
    Guard,
}
