using System.Globalization;

namespace KvpRpc.Cli.Demo;

/// <summary>Figures as people read them.</summary>
internal static class Text
{
    internal static string Of(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 10 => Make($"{time.TotalMilliseconds:0.0} ms"),
        < 1000 => Make($"{time.TotalMilliseconds:0} ms"),
        _ => Make($"{time.TotalSeconds:0.00} s"),
    };

    internal static string OfLong(TimeSpan time) => time.TotalHours switch
    {
        < 1 => Make($"{time.TotalMinutes:0} min"),
        < 48 => Make($"{time.TotalHours:0} h"),
        _ => Make($"{time.TotalDays:0} days"),
    };

    internal static string Of(double value) => Make($"{value:0.0#}");

    internal static string Of(long value) => Make($"{value:N0}");

    internal static string OfBytes(long bytes) => bytes switch
    {
        < 10_000 => Make($"{bytes:N0} B"),
        < 1 << 20 => Make($"{bytes / 1024.0:N0} KiB"),
        < 10L << 30 => Make($"{bytes / (1024.0 * 1024):N1} MiB"),
        _ => Make($"{bytes / (1024.0 * 1024 * 1024):N0} GiB"),
    };

    internal static string Count(long count, string noun) => Make($"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Make(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
