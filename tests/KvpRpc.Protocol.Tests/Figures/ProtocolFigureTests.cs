using System.Globalization;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>The figures that the benchmarks print, held to their limits; alone, since one looks at the memory of the
/// whole process.</summary>
[Collection(nameof(ProtocolFigureTests))]
[CollectionDefinition(nameof(ProtocolFigureTests), DisableParallelization = true)]
public sealed class ProtocolFigureTests(ITestOutputHelper output)
{
    [Fact]
    public void Calls_keep_to_their_limits() => AssertReached(CallFigures.Measure());

    [Fact]
    public void Transfers_keep_to_their_limits() => AssertReached(TransferFigures.Measure());

    [Fact]
    public void A_handshake_keeps_to_its_limits() => AssertReached(HandshakeFigures.Measure());

    [Fact]
    public void A_link_at_rest_keeps_to_its_limits() => AssertReached(RestFigures.Measure());

    [Fact]
    public void The_figures_are_the_same_each_time() =>
        Assert.Equal(CallFigures.Measure(), CallFigures.Measure());

    private void AssertReached(IEnumerable<ProtocolFigure> figures)
    {
        List<ProtocolFigure> all = [.. figures];
        foreach (ProtocolFigure figure in all)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure}"));
        Assert.NotEmpty(all);
        Assert.DoesNotContain(all, figure => !figure.IsReached);
    }
}
