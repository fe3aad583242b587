package dev.realtime.sample.contact;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a user may write into a contact.
 *
 * @param version the version that was edited; {@code null} overwrites whatever is there
 */
record ContactForm(@NotBlank(message = "Enter a name") @Size(max = 80) String name,
		@NotBlank(message = "Enter a company") @Size(max = 80) String company,
		@NotNull @Email(message = "Enter an address such as name@example.com") @Size(max = 120) String email,
		@NotNull @Pattern(regexp = "[+0-9 ()/-]{0,40}", message = "Use digits, spaces and + - ( ) / only") String phone,
		@NotNull(message = "Choose a stage") Stage stage,
		@NotNull(message = "Enter a value, or 0") @PositiveOrZero(
				message = "Must not be negative") @Max(1_000_000_000) Long dealValue,
		@NotNull @Size(max = 1000) String note, @Nullable Integer version) {

}
