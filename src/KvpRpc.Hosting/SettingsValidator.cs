using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>Finds all that is wrong with settings, and says what to do about it.</summary>
internal sealed class SettingsValidator<TSettings> : IValidateOptions<TSettings>
    where TSettings : KvpSettings
{
    private const int KeyBytes = 32;

    private static readonly TimeSpan MaxLookInterval = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, TSettings options)
    {
        List<string> wrong = [];
        string? key = options.PreSharedKey;
        options.PreSharedKey = null;
        Try(wrong, () => options.ToLinks().Validate());
        Try(wrong, () => options.ToCalls().Validate());
        options.PreSharedKey = key;
        CheckKey(key, wrong);
        if (options is KvpHostSettings host)
            CheckHost(host, wrong);
        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(wrong.Select(one => $"{typeof(TSettings).Name}.{one}"));
    }

    private static void Try(List<string> wrong, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentOutOfRangeException exception)
        {
            wrong.Add($"{exception.ParamName}: {exception.ActualValue} is out of range. {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            wrong.Add(exception.Message);
        }
    }

    // The key itself is never shown.
    private static void CheckKey(string? key, List<string> wrong)
    {
        if (string.IsNullOrEmpty(key))
            return;
        Span<byte> bytes = new byte[key.Length];
        string? problem = !Convert.TryFromBase64String(key, bytes, out int count) ? "the text is no base64"
            : count != KeyBytes ? $"the text stands for {count} bytes"
            : null;
        if (problem is not null)
        {
            wrong.Add($"PreSharedKey: {KeyBytes} bytes in base64 are needed, but {problem}. Make a key with 'openssl "
                + $"rand -base64 {KeyBytes}' and give it to both sides, or leave it out.");
        }
    }

    private static void CheckHost(KvpHostSettings host, List<string> wrong)
    {
        if (host.LookInterval < TimeSpan.FromSeconds(1) || host.LookInterval > MaxLookInterval)
            wrong.Add($"LookInterval: {host.LookInterval} is not from 1 second to 1 day. Each look lists all VMs.");
        if (host.VirtualMachines.Any(string.IsNullOrWhiteSpace))
            wrong.Add("VirtualMachines: an entry is empty. Write a name, an id, or '*' for all VMs.");
    }
}
