type Names = readonly [string, ...string[]];

const split = (text: string): Names => text.trim().split(/\s+/) as unknown as Names;

/** Invented people are put together from these; any likeness is chance. */
export const givenNames = split(`
  Olivia Noah Emma Liam Amelia Oliver Charlotte Elijah Sophia Mateo Isabella Lucas Mia Levi Harper Ezra Luna Asher Evelyn Leo Camila
  James Gianna Luca Elizabeth Henry Eleanor Hudson Ella Ethan Abigail Muhammad Sofia Maverick Avery Theodore Scarlett Daniel Emily
  Jackson Aria Sebastian Penelope Samuel Chloe Wyatt Layla Benjamin Mila Owen Nora Gabriel Hazel Jayden Madison Grayson Ellie
  José Lily Isaac Nova Santiago Isla Julian Grace Anthony Violet Lincoln Aurora Thomas Riley Josiah Zoey Charles Willow Caleb
  Emilia Christopher Stella Ezekiel Zoë Miles Victoria Jaxon Hannah Isaiah Addison Andrew Leah Joshua Lucy Nathan Eliana Nolan
  Ivy Adrian Everly Cameron Lillian Aaron Paisley Eli Elena Aiden Naomi Axel Maya Connor Natalie Jeremiah Kinsley Roman Delilah
  Jordan Claire Dominic Audrey Austin Aaliyah Colton Ruby Ángel Brooklyn Robert Alice Jace Aubrey Nicolás Autumn Greyson Leilani
  Adam Savannah Ian Valentina Kai Kennedy Easton Madelyn Thiago Josephine Amir Bella Bennett Skylar Silas Genesis Vincent Sophie
  Siobhán Björn Anaïs Nguyệt Jean-Luc Mary-Kate D'Andre Søren`);

export const familyNames = split(`
  Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López Gonzalez Wilson Anderson Thomas Taylor
  Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott
  Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Díaz
  Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed
  Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Álvarez
  Castillo Sanders Patel Myers Long Ross Foster Jiménez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes
  Fisher Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant
  Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens Harrison Fernandez McDonald Woods Washington
  Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Méndez Silva Shaw
  Snyder Mason Dixon Muñoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice
  Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins O'Connor
  O'Brien D'Angelo Smith-Rivera Van-Dyke Nuñez Çelik Müller Nowak Kowalczyk Haddad Okafor Adeyemi Yilmaz Singh Kaur Hussain Begum`);

export const schoolNames = split(`
  Lincoln Riverside Maplewood Cedar-Ridge Hillcrest Oakdale Prairie-View Northgate Sunset-Park Meadowbrook Willow-Creek Franklin
  Jefferson Roosevelt Washington Kennedy Harriet-Tubman Amelia-Earhart Cesar-Chavez Rosa-Parks Stone-Bridge Eagle-Point Lakeshore
  Birchwood Heritage Pioneer Summit Valley-View Westfield Eastwood Southridge Fox-Hollow`);
