namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>The figures of the protocol, counted while both engines run on virtual time over a perfect medium: but for
/// the bytes of memory they depend on no machine.</summary>
internal static class ProtocolFigures
{
    /// <summary>Measures all of them, in the order in which they are printed.</summary>
    internal static IReadOnlyList<ProtocolFigure> Measure() =>
    [
        .. CallFigures.Measure(),
        .. TransferFigures.Measure(),
        .. HandshakeFigures.Measure(),
        .. RestFigures.Measure(),
    ];
}
