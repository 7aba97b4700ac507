namespace KvpRpc.Benchmarks.Rpc;

/// <summary>A figure of ours beside another of the same run.</summary>
/// <param name="Group">What was measured.</param>
/// <param name="Name">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="OurValue">Ours.</param>
/// <param name="TheirValue">What it is compared with.</param>
/// <param name="Ours">Whose the first is.</param>
/// <param name="Theirs">Whose the other is.</param>
/// <param name="Limit">What the ratio must not pass; null: it is only told.</param>
internal sealed record RpcFigure(
    string Group,
    string Name,
    string Unit,
    double OurValue,
    double TheirValue,
    string Ours,
    string Theirs,
    double? Limit)
{
    /// <summary>Gets ours divided by the other.</summary>
    public double Ratio => OurValue / TheirValue;

    /// <summary>Gets whether the limit is kept.</summary>
    public bool IsReached => Limit is null || Ratio <= Limit;
}
