using System.Globalization;
using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>What is logged can be found by its event id, which nothing else has.</summary>
public sealed partial class LogTests
{
    private static readonly (string Layer, int First, int Last)[] Ranges =
    [
        ("src/KvpRpc/Driver", 1, 99), ("src/KvpRpc/Calls", 100, 149), ("src/KvpRpc/Resilience", 150, 199),
        ("src/KvpRpc.Host", 200, 249), ("src/KvpRpc.Guest", 250, 299),
        ("src/KvpRpc.Hosting", 300, 399), ("src/KvpRpc.Services", 400, 499),
        ("src/KvpRpc.Grpc", 500, 599),
    ];

    private static readonly string[] Source = [.. Tree.Under("src").WithExtension(".cs")];

    private static (string File, int Id)[] Events =>
    [
        .. from file in Source
           from Match match in Event().Matches(Tree.Read(file))
           select (file, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
    ];

    [Fact]
    public void No_two_events_have_the_same_id()
    {
        Assert.True(Events.Length > 20);
        Findings.AssertNone(
            from one in Events.GroupBy(pair => pair.Id)
            where one.Count() > 1
            select $"{one.Key}: {string.Join(", ", one.Select(pair => pair.File))}");
    }

    [Fact]
    public void Each_layer_has_a_range_of_ids()
    {
        Findings.AssertNone(
            from one in Events
            where !Ranges.Any(range => one.File.StartsWith(range.Layer + "/", StringComparison.Ordinal)
                && one.Id >= range.First && one.Id <= range.Last)
            select $"{one.File}: {one.Id}");
    }

    [Fact]
    public void Every_event_states_its_id_and_is_in_the_log_of_its_layer()
    {
        Findings.AssertNone(
            from file in Source
            let text = Tree.Read(file)
            where Attribute().Count(text) != Event().Count(text)
                || (Attribute().IsMatch(text) && Path.GetFileName(file) != "Log.cs")
            select file);
    }

    [Fact]
    public void Nothing_is_logged_but_as_an_event() => Findings.AssertNone(
        from file in Source
        from line in Tree.Lines(file)
        where Direct().IsMatch(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}");

    [GeneratedRegex(@"\[LoggerMessage\b")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\[LoggerMessage\(\s*([0-9]+),")]
    private static partial Regex Event();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex Direct();
}
